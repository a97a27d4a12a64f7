"""The three broken servers of the demonstration, by hand: what the diagnosis says, who is rung, which letter comes, and who pays."""

import re
from dataclasses import dataclass

import pytest

from tests.browser.test_journey import on_call, plain, takes_it_by_the_link, until_subject
from tests.processes import until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("desk")]

NORA = "nora@lumiere.example"
FEE = "114,00"


@dataclass(frozen=True, kw_only=True)
class Story:
    """What somebody who reads this language types, and is told."""

    sentence: str
    whose: str
    costs: str
    verdict: str = ""


OURS = {
    "fr": Story(
        sentence="La boutique affiche une erreur 502",
        whose="C'est très probablement de notre côté.",
        costs="Un ticket urgent à ce sujet est gratuit",
        verdict="Le verdict sur votre ticket urgent : rien à payer",
    ),
    "en": Story(
        sentence="The shop shows an error 502",
        whose="It is most likely on our side.",
        costs="An urgent ticket about it is free",
        verdict="The verdict on your urgent ticket: nothing to pay",
    ),
}
DISK = {
    "fr": Story(
        sentence="Le site des photos ne s'affiche plus",
        whose="Ce n'est très probablement pas de notre côté.",
        costs="114,00",
        verdict="Le verdict sur votre ticket urgent : non couvert",
    ),
    "en": Story(
        sentence="The photo site does not show any more",
        whose="It is most likely not on our side.",
        costs="114.00",
        verdict="The verdict on your urgent ticket: not covered",
    ),
}
ME = {
    "fr": Story(
        sentence="Je n'entre plus en FTP",
        whose="Votre propre adresse est bannie",
        costs="Un ticket standard, gratuit",
        verdict="Résolu : Je n'entre plus en FTP",
    ),
    "en": Story(
        sentence="I cannot get in by FTP any more",
        whose="Your own address is banned",
        costs="A standard ticket, free",
        verdict="Resolved: I cannot get in by FTP any more",
    ),
}
both = pytest.mark.parametrize("language", ["fr", "en"])


def nora_in(person, language: str):
    """The customer of the three servers, reading this language for good."""
    return person(language).signs_in(NORA).chooses(language)


def reads_the_diagnosis(nora, server: str, symptom: str, story: Story) -> None:
    page = nora.goes(f"/problem/?server={server}.lumiere.example")
    page.check(f"input[name=symptom][value={symptom}]")
    page.fill("input[name=subject]", story.sentence)
    nora.presses("main form button[type=submit]")
    nora.sees(story.whose)
    assert story.costs in plain(page.inner_text("main"))
    nora.looks()


def opens_it_urgent(nora) -> str:
    nora.presses("main a[href$='/urgent/']")
    nora.presses("main form button[type=submit]")
    return ref_of(nora)


def ref_of(nora) -> str:
    return re.search(r"/tickets/(T\d+)/", nora.page.url)[1]


def resolves(engineer, ref: str, summary: str) -> None:
    page = engineer.goes(f"/console/cases/{ref}/")
    engineer.opens_folds()
    page.fill("textarea[name=summary]", summary)
    engineer.presses("form:has(textarea[name=summary]) button[type=submit]")


def gives_the_verdict(engineer, clause: str, why: str) -> None:
    page = engineer.page
    engineer.opens_folds()
    page.check(f"input[name=clause][value={clause}]")
    page.fill("textarea[name=justification]", why)
    for box in page.locator("input[name=evidence]").all():
        box.check()
    engineer.presses("form:has(textarea[name=justification]) button[type=submit]")


def bills_of(nora) -> int:
    """How many bills there are on the page of the bills."""
    nora.goes("/bills/")
    return nora.page.locator("main a[href$='.pdf']").count()


def is_rung_takes_and_resolves(person, desk, until_text, ref: str, story: Story, *, clause: str):
    text = until_text(on_call(desk), story.sentence)
    takes_it_by_the_link(person, desk, text)
    engineer = person("fr").signs_in("bruno@hebergement.example")
    resolves(engineer, ref, story.sentence)
    gives_the_verdict(engineer, clause, story.whose)


@both
def test_ours_is_said_to_be_ours_and_costs_nothing(person, desk, until_text, until_letter, language):
    nora, story = nora_in(person, language), OURS[language]
    before = bills_of(nora)
    reads_the_diagnosis(nora, "boutique", "website-down", story)
    ref = opens_it_urgent(nora)
    is_rung_takes_and_resolves(person, desk, until_text, ref, story, clause="service-down")
    until_subject(until_letter, desk, NORA, story.verdict)
    assert bills_of(nora) == before


@both
def test_the_customers_own_full_disk_is_said_to_be_theirs_and_is_the_only_fee(
    person, desk, until_text, until_letter, language
):
    nora, story = nora_in(person, language), DISK[language]
    before = bills_of(nora)
    reads_the_diagnosis(nora, "photos", "website-down", story)
    ref = opens_it_urgent(nora)
    is_rung_takes_and_resolves(person, desk, until_text, ref, story, clause="saturation")
    until_subject(until_letter, desk, NORA, story.verdict)
    until(lambda: bills_of(nora) == before + 1)
    nora.looks()


@both
def test_only_me_is_led_to_a_standard_ticket_and_costs_nothing(person, desk, until_letter, language):
    nora, story = nora_in(person, language), ME[language]
    before = bills_of(nora)
    reads_the_diagnosis(nora, "atelier", "ftp-ssh", story)
    nora.presses("#better form[action$='/standard/'] button")
    ref = ref_of(nora)
    engineer = person("fr").signs_in("bruno@hebergement.example")
    resolves(engineer, ref, story.sentence)
    until_subject(until_letter, desk, NORA, story.verdict)
    assert bills_of(nora) == before


@pytest.mark.parametrize(("width", "dark"), [(360, True), (768, False), (1280, False)])
def test_the_diagnosis_fills_while_the_rest_is_typed_and_follows_the_server_and_the_symptom(person, width, dark):
    nora = person("fr", width=width, dark=dark).signs_in(NORA)
    if nora.page.locator("html").get_attribute("lang") != "fr":
        nora.page.context.add_cookies([{"name": "django_language", "value": "fr", "url": nora.desk.url}])
    page = nora.goes("/problem/")
    page.select_option("#id_server", "photos.lumiere.example")
    page.fill("input[name=subject]", "Je n'entre plus")
    nora.sees(DISK["fr"].whose)
    page.select_option("#id_server", "atelier.lumiere.example")
    page.locator("#better").wait_for()
    assert page.get_by_text(DISK["fr"].whose).count() == 0
    page.check("input[name=symptom][value=backup]")
    page.locator("#better").wait_for(state="detached")
    page.check("input[name=symptom][value=ftp-ssh]")
    page.locator("#better").wait_for()
    assert page.input_value("input[name=subject]") == "Je n'entre plus"
    nora.looks()
    nora.presses("#problem-form button[type=submit]")
    page.locator("#better form[action$='/standard/'] button").wait_for()
    nora.looks()
