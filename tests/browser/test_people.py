"""A colleague is added and answers, one tests how one is reached, the customer keeps the receipt: at night on a phone and by day."""

import re

import pytest

from tests.browser.test_journey import CAST, on_call, opens_an_urgent_ticket, takes_it_by_the_link

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("desk")]

CHLOE = "+33633333333"
LOOKS = [("fr", 360, True), ("en", 360, False), ("fr", 1280, False), ("en", 1280, True)]


def seen_everywhere(person, path, *, who=None):
    """The same address on a phone and on a desk, by night and by day, in both languages."""
    for language, width, dark in LOOKS:
        reader = person(language, width=width, dark=dark)
        if who:
            reader.signs_in(who)
        reader.goes(path)
        reader.opens_folds()
        reader.looks()


def test_a_colleague_is_added_and_comes_to_help(person, desk, until_text):
    cast = {**CAST["fr"], "sentence": "La boutique ne prend plus de commande"}
    ref = opens_an_urgent_ticket(person("fr").signs_in(cast["customer"]), cast)
    takes_it_by_the_link(person, desk, until_text(on_call(desk), cast["sentence"]))
    engineer = person("en", width=360).signs_in("bruno@hebergement.example")
    page = engineer.goes(f"/console/cases/{ref}/")
    page.locator("#add > summary").click()
    page.select_option("#add_person", label="Chloé Durand")
    engineer.presses("#add button[type=submit]")
    link = re.search(r"http\S+/join/\S+", until_text(CHLOE, "/join/"))[0]
    seen_everywhere(person, link)
    chloe = person("fr", width=360, dark=True)
    chloe.goes(link)
    chloe.presses("button[name=answer][value=no]")
    chloe.looks()
    chloe.presses("button[name=eta_minutes][value='15']")
    chloe.sees("Vous venez en renfort")
    chloe.looks()
    page.locator("#ladder > summary").click()
    engineer.sees("Helping")
    seen_everywhere(person, f"/console/cases/{ref}/", who="chloe@hebergement.example")


def test_how_one_is_reached_is_tried_and_its_result_appears(person, desk, until_text):
    chloe = person("fr", width=360).signs_in("chloe@hebergement.example")
    chloe.goes("/console/me/")
    chloe.presses("#ways button[type=submit]")
    until_text(CHLOE, "ESSAI")
    chloe.sees("reçu")
    chloe.looks()
    chloe.presses("#ways button[type=submit]")
    chloe.sees("Rien n’a été envoyé")
    chloe.looks()
    seen_everywhere(person, "/console/me/", who="chloe@hebergement.example")
    seen_everywhere(person, "/console/me/", who="bruno@hebergement.example")


def test_the_receipt_is_drawn_within_seconds_and_kept_from_the_page(person, until_letter):
    cast = {**CAST["en"], "sentence": "Nobody can pay any more"}
    customer = person("en").signs_in(cast["customer"])
    ref = opens_an_urgent_ticket(customer, cast)
    customer.sees("The receipt (PDF)")
    link = customer.page.locator("#aside a[href$='/receipt.pdf']")
    link.wait_for(timeout=30_000)
    with customer.page.expect_download() as kept:
        link.click()
    assert kept.value.suggested_filename == f"{ref}.pdf"
    assert kept.value.path().read_bytes().startswith(b"%PDF-1.7")
    until_letter(cast["customer"], "Receipt of your urgent ticket")
    seen_everywhere(person, f"/tickets/{ref}/", who=cast["customer"])
