"""A rehearsal by hand, in both languages: from the home of somebody who never pressed the button to the example of a verdict."""

import pytest

from tests.browser.test_journey import plain
from tests.processes import until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("desk")]

CAST = {
    "fr": {
        "customer": "jeanne@boulangerie.example",
        "server": "web1.boulangerie.example",
        "mark": "RÉPÉTITION",
        "button": "Répéter, gratuit : personne n’est appelé",
        "free": "Un vrai ticket aurait coûté 95,00 € HT, 114,00 € TTC. Cette répétition est gratuite.",
        "over": "La répétition est finie",
    },
    "en": {
        "customer": "max@gmbh.example",
        "server": "shop.gmbh.example",
        "mark": "REHEARSAL",
        "button": "Rehearse, free: nobody is called",
        "free": "A real one would have cost €95.00 excl. VAT, €95.00 incl. VAT. This rehearsal is free.",
        "over": "The rehearsal is over",
    },
}
SENTENCE = "Rehearsed, and nobody rings"


def test_whole_rehearsals_ring_nobody_and_end_by_themselves(person, desk):
    """One in each language at the same time: on a telephone, and on a desk."""
    rehearsing = [begins(person, language, width=width) for language, width in (("fr", 360), ("en", 1280))]
    for language, customer in zip(CAST, rehearsing, strict=True):
        is_over(desk, customer, CAST[language])


def begins(person, language, *, width):
    cast = CAST[language]
    customer = person(language, width=width).signs_in(cast["customer"])
    page = customer.goes("/try/")
    page.select_option("select[name=server]", cast["server"])
    page.fill("input[name=subject]", SENTENCE)
    is_marked(customer, cast)
    customer.presses("main form button[type=submit]")
    is_marked(customer, cast)
    customer.presses("main a[href$='/urgent/']")
    assert cast["button"] in plain(page.inner_text(".commit button"))
    is_marked(customer, cast)
    customer.presses(".commit button[type=submit]")
    is_marked(customer, cast)
    return customer


def is_over(desk, customer, cast):
    page = customer.page
    page.wait_for_selector(f"#tracker >> text={cast['over']}", timeout=120_000)
    assert cast["free"] in plain(page.inner_text("#tracker"))
    is_marked(customer, cast)
    until(lambda: sum(cast["mark"] in plain(one) for one in desk.letters_to(cast["customer"])) == 2)
    assert not any(SENTENCE in str(entry["body"]) for entry in desk.ledger() if entry["kind"] != "email")


def is_marked(customer, cast) -> None:
    assert cast["mark"] in customer.page.inner_text(".rehearsal")
    customer.looks()
