"""From the red button to the credit note, by hand, in both languages, with the phones of the demonstration ringing."""

import re
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("desk")]

ALICE, BRUNO = "+33611111111", "+33622222222"
CAST = {
    "fr": {
        "customer": "jeanne@boulangerie.example",
        "server": "web1.boulangerie.example",
        "sentence": "Plus aucun mail depuis 2 h",
        "price": "114,00",
        "verdict": "Le verdict sur votre ticket urgent : non couvert",
        "invoice": "Facture F",
        "credit": "Avoir A",
        "won": "Votre contestation est acceptée",
    },
    "en": {
        "customer": "max@gmbh.example",
        "server": "shop.gmbh.example",
        "sentence": "Orders bounce since this morning",
        "price": "95.00",
        "verdict": "The verdict on your urgent ticket: not covered",
        "invoice": "Invoice F",
        "credit": "Credit note A",
        "won": "Your dispute is accepted",
    },
}


def plain(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").replace("\u202f", " ").split())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_from_the_red_button_to_the_credit_note(person, desk, until_text, until_letter, language):
    cast = CAST[language]
    customer = person(language).signs_in(cast["customer"])
    customer.looks()
    ref = opens_an_urgent_ticket(customer, cast)
    text = until_text(on_call(desk), cast["sentence"])
    takes_it_by_the_link(person, desk, text)
    customer.sees("Martin") if on_call(desk) == ALICE else customer.sees("Petit")
    customer.looks()
    engineer = person(language).signs_in("bruno@hebergement.example")
    resolves(engineer, ref)
    gives_the_verdict(engineer, "customer-app")
    until_subject(until_letter, desk, cast["customer"], cast["verdict"])
    until_subject(until_letter, desk, cast["customer"], cast["invoice"])
    reads_the_bill(customer)
    checks_the_evidence(person(language, width=360, dark=True), cast["customer"], ref)
    contests(customer, ref)
    manager = person(language).signs_in("chloe@hebergement.example")
    accepts_the_dispute(manager, ref)
    until_subject(until_letter, desk, cast["customer"], cast["won"])
    until_subject(until_letter, desk, cast["customer"], cast["credit"])
    customer.goes("/bills/")
    assert customer.page.locator("text=/A20\\d\\d-\\d{6}/").count() >= 1
    customer.looks()


def until_subject(until_letter, desk, address: str, words: str) -> None:
    """Subjects are compared without their typographic spaces."""
    from tests.processes import until

    until(lambda: any(words in plain(subject) for subject in desk.letters_to(address)))


def on_call(desk) -> str:
    """Alice or Bruno: the week decides."""
    rung = [entry["to"] for entry in desk.ledger() if entry["kind"] == "sms"]
    return next(number for number in reversed(rung or [ALICE]) if number in {ALICE, BRUNO})


def opens_an_urgent_ticket(customer, cast) -> str:
    page = customer.goes(f"/problem/?server={cast['server']}")
    page.check("input[name=symptom][value=mail]")
    page.fill("input[name=subject]", cast["sentence"])
    customer.looks()
    customer.presses("main form button[type=submit]")
    assert cast["price"] in plain(page.inner_text("main"))
    customer.looks()
    customer.presses("main a[href$='/urgent/']")
    customer.looks()
    assert cast["price"] in plain(page.locator("main form button[type=submit]").first.inner_text())
    customer.presses("main form button[type=submit]")
    ref = re.search(r"/tickets/(T\d+)/", page.url)[1]
    customer.looks()
    return ref


def takes_it_by_the_link(person, desk, text: str) -> None:
    phone = person("fr", width=360, dark=True)
    page = phone.goes(re.search(r"http\S+/take/\S+", text)[0])
    phone.looks()
    phone.presses("button[name=eta_minutes][value='15']")
    phone.looks()
    assert "/take/" in page.url


def resolves(engineer, ref: str) -> None:
    engineer.looks()
    page = engineer.goes(f"/console/cases/{ref}/")
    engineer.opens_folds()
    page.fill("textarea[name=summary]", "The disk was full of the application's own logs.")
    engineer.looks()
    engineer.presses("form:has(textarea[name=summary]) button[type=submit]")
    engineer.looks()


def gives_the_verdict(engineer, clause: str) -> None:
    page = engineer.page
    engineer.opens_folds()
    page.check(f"input[name=clause][value={clause}]")
    page.fill("textarea[name=justification]", "The application filled the disk with 40 GB of its own logs.")
    for box in page.locator("input[name=evidence]").all():
        box.check()
    engineer.looks()
    engineer.presses("form:has(textarea[name=justification]) button[type=submit]")
    engineer.looks()


def reads_the_bill(customer) -> None:
    page = customer.goes("/bills/")
    customer.looks()
    with page.expect_download() as pdf:
        page.locator("main a[href$='.pdf']").first.click()
    assert pdf.value.suggested_filename.startswith("F20")
    with pdf.value.path().open("rb") as file:
        assert file.read(5) == b"%PDF-"


def checks_the_evidence(customer, email: str, ref: str) -> None:
    """On a telephone, at night: reads it, downloads it, and the program of the page says that all is well."""
    page = customer.signs_in(email).goes(f"/tickets/{ref}/evidence/")
    customer.looks()
    with page.expect_download() as evidence:
        page.locator(f"main a[href$='/{ref}/evidence.json']").click()
    with page.expect_download() as program:
        page.locator("main a[href='/verify.py']").click()
    command = [sys.executable, "-I", str(program.value.path()), str(evidence.value.path())]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, evidence.value.suggested_filename) == (0, f"{ref}-evidence.json"), done.stdout


def contests(customer, ref: str) -> None:
    page = customer.goes(f"/tickets/{ref}/")
    customer.opens_folds()
    page.fill("textarea[name=reason]", "The logs are those of your own agent.")
    customer.presses("form:has(textarea[name=reason]) button[type=submit]")
    customer.looks()


def accepts_the_dispute(manager, ref: str) -> None:
    manager.looks()
    page = manager.goes(f"/console/cases/{ref}/")
    manager.opens_folds()
    page.check("input[name=decision][value=upheld]")
    page.fill("textarea[name=answer]", "You are right: our agent wrote them.")
    manager.looks()
    manager.presses("form:has(textarea[name=answer]) button[type=submit]")
    manager.looks()
