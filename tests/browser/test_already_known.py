"""Monitoring already knows: a server fails by itself, the phone rings without a ticket, its customers see it, follow it and are told."""

import json
import re
from urllib.request import Request, urlopen

import pytest

from tests.browser.conftest import Desk, demonstration
from tests.processes import until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("desk")]
NIGHT_TEAM = ("+33611111111", "+33622222222")
WORDS = {"fr": "Le serveur web redémarre.", "en": "The web server is restarting."}


@pytest.fixture
def desk(tmp_path):
    """One of their own: its web server fails once it runs, nobody touches anything."""
    with demonstration(tmp_path / "var", breaks_every_s=60) as started:
        yield started


def turns(desk: Desk, service: str, state: str) -> None:
    """What was planned for this service gives way: it is so from now on."""
    body = json.dumps({"state": state}).encode()
    asked = Request(f"{desk.pocket}/dev/services/{service}", body, {"Content-Type": "application/json"})
    with urlopen(asked) as answer:
        assert answer.status == 200


def call_of_the_night(desk: Desk) -> str:
    """The first SMS that asks for somebody."""
    heard = [text for number in NIGHT_TEAM for text in desk.texts_to(number) if "/take/" in text]
    return heard[0] if heard else ""


def letters(desk: Desk, address: str, words: str) -> list[str]:
    return [subject for subject in desk.letters_to(address) if words in subject]


READERS = {"fr": "jeanne@boulangerie.example", "en": "karim@boulangerie.example"}


SEEN = {"fr": "1 service en panne", "en": "1 service is down"}
FOLLOWED = {"fr": "Vous suivez cet incident par e-mail", "en": "You follow this incident by e-mail"}
OVER = {"fr": "Résolu", "en": "Resolved"}


def test_what_monitoring_knows_before_anybody_writes(desk, person):
    readers = {language: reads_in(language, person(language).signs_in(email)) for language, email in READERS.items()}
    until(lambda: call_of_the_night(desk))
    turns(desk, "http", "stopped")
    for language, reader in readers.items():
        follows(reader, language)
    takes_and_speaks(person, desk)
    for language, reader in readers.items():
        reader.sees(WORDS[language], within_s=60)  # by itself: the page looks again
        reader.looks()
        until(lambda who=READERS[language]: letters(desk, who, "ncident"))
        reader.presses("form[action$='/unfollow/'] button")
        assert not reader.page.get_by_text(FOLLOWED[language]).count()
    until(lambda: WORDS["en"] in (desk.data / "status" / "en" / "index.html").read_text(encoding="utf-8"))
    reads_the_status_page(person, f"{desk.url}/status")
    turns(desk, "http", "well")
    for language, reader in readers.items():
        reader.sees(OVER[language], within_s=90)
        reader.looks()
    assert len(letters(desk, "jeanne@boulangerie.example", "ncident")) == 1  # they follow it no more
    nobody_opened_a_ticket(readers["fr"])


def reads_in(language: str, reader):
    """Chosen by hand: a person's own language is that of their letters."""
    reader.context.add_cookies([{"name": "django_language", "value": language, "url": reader.desk.url}])
    return reader


def follows(reader, language: str) -> None:
    """On the first screen, before any ticket; free, by one click."""
    page = reader.page
    until(lambda: reader.goes("/servers/").get_by_text(SEEN[language]).count())
    reader.looks()
    reader.presses("a[href^='/incidents/']")
    reader.looks()
    reader.presses("form[action$='/follow/'] button")
    reader.sees(FOLLOWED[language])
    reader.looks()
    assert "/incidents/" in page.url


def takes_and_speaks(person, desk: Desk) -> None:
    """The link of the SMS takes the call; then a word for everybody."""
    phone = person("fr", width=360)
    phone.goes(re.search(r"http\S+/take/\S+", call_of_the_night(desk))[0])
    phone.presses("button[name=eta_minutes][value='15']")
    phone.looks()
    engineer = person("fr").signs_in("chloe@hebergement.example")
    engineer.presses("a[href^='/console/incidents/']")
    page = engineer.page
    for language, words in WORDS.items():
        page.fill(f"#words [name=text_{language}]", words)
    engineer.presses("#words button[type=submit]:has-text('Publier')")
    engineer.looks()


def reads_the_status_page(person, address: str) -> None:
    for language in ("fr", "en"):
        stranger = person(language, width=360)
        stranger.goes(f"{address}/{language}/index.html")
        stranger.sees(WORDS[language])
        stranger.looks()


def nobody_opened_a_ticket(reader) -> None:
    page = reader.goes("/tickets/")
    assert not page.locator("main a[href^='/tickets/T']").count()
