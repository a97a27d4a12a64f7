"""The demonstration as `make up` starts it, and people who use it in a real browser."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as PageTimeout

from tests.doors.portal import signed_in
from tests.processes import Worker, running, until

PASSWORD = "demonstration-2026"
START = "import sys; from astreinte.workers import up; sys.exit(up.run(port={port}, data={data!r}, breaks_every_s={breaks}))"
WIDTHS = (360, 768, 1280)
# What the browser says of a form that was refused (422) or of a page that is not ours (404): expected answers.
EXPECTED = re.compile(r"status of (404|409|422)")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A running demonstration: its address, and that of its telephones."""

    url: str
    pocket: str
    data: Path = Path()
    process: Worker | None = None

    def ledger(self) -> list[dict]:
        """Everything that reached the telephone network and the mailboxes."""
        with urlopen(f"{self.pocket}/dev/ledger") as answer:
            return json.load(answer)["entries"]

    def texts_to(self, number: str) -> list[str]:
        """The SMS sent to this number."""
        return [entry["body"]["Body"] for entry in self.ledger() if entry["kind"] == "sms" and entry["to"] == number]

    def letters_to(self, address: str) -> list[str]:
        """The subjects of the e-mails sent to this address."""
        return [
            entry["body"]["subject"].strip()
            for entry in self.ledger()
            if entry["kind"] == "email" and entry["to"] == address
        ]


@contextmanager
def demonstration(data: Path, *, breaks_every_s: int = 0) -> Iterator[Desk]:
    """Started on an empty folder; its web server fails by itself where that is asked for."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port = asking.getsockname()[1]
    start = START.format(port=port, data=str(data), breaks=breaks_every_s)
    with running("-c", start, ASTREINTE_DATABASE_URL="", DJANGO_ALLOW_ASYNC_UNSAFE="") as process:
        process.says("Ctrl-C stops everything.")
        pocket = re.search(r"(http://127\.0\.0\.1:\d+)/dev/phones", process.text)[1]
        yield Desk(url=f"http://127.0.0.1:{port}", pocket=pocket, data=data, process=process)


@pytest.fixture(scope="session")
def desk(tmp_path_factory) -> Iterator[Desk]:
    """Started once for all the journeys."""
    with demonstration(tmp_path_factory.mktemp("desk") / "var") as started:
        yield started


class Person:
    """Somebody in front of a browser, in their language; every page they see is looked at."""

    def __init__(self, desk: Desk, browser: Browser, *, language: str, width: int = 1280, dark: bool = False) -> None:
        self.desk = desk
        self.context = browser.new_context(
            viewport={"width": width, "height": 800},
            locale=language,
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hears)

    def _hears(self, message) -> None:
        if message.type in {"error", "warning"} and not EXPECTED.search(message.text):
            self.complaints.append(message.text)

    def goes(self, path: str) -> Page:
        """Open an address of the desk, or a whole one."""
        self.page.goto(path if path.startswith("http") else self.desk.url + path)
        return self.page

    def signs_in(self, email: str) -> "Person":
        """With the password of the demonstration."""
        self.goes("/login/")
        self.page.fill("input[name=username]", email)
        self.page.fill("input[name=password]", PASSWORD)
        self.presses("form:has(input[name=password]) button[type=submit]")
        assert "/login" not in self.page.url
        return self

    @property
    def language(self) -> str | None:
        """The language of the page."""
        return self.page.locator("html").get_attribute("lang")

    def chooses(self, language: str) -> "Person":
        """This language, for good: it is kept with the account."""
        if self.language != language:
            self.page.click("details.menu > summary")
            self.presses(f"button[name=language][value={language}]")
        return self

    @contextmanager
    def reading(self, language: str) -> Iterator[None]:
        """Everything in this language; those who come after find the account as it was."""
        own = self.language
        self.chooses(language)
        yield
        self.goes("/")
        self.chooses(str(own))

    def presses(self, selector: str) -> None:
        """Press a button or a link, and wait for what follows."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def opens_folds(self) -> None:
        """Open everything that is folded on the page."""
        folded = self.page.locator("main details:not([open]) > summary:visible")
        while folded.count():
            folded.first.click()

    def sees(self, words: str, *, within_s: float = 15) -> None:
        """Wait for these words on the page."""
        try:
            self.page.get_by_text(words).first.wait_for(timeout=within_s * 1000)
        except PageTimeout:
            raise AssertionError(f"not on {self.page.url}: {words}\n{self.page.inner_text('main')}") from None

    def looks(self) -> None:
        """The page as it is: nothing that axe refuses, nothing wider than the screen, nothing the browser complains of."""
        found = violations(self.page)
        assert found == [], f"{self.page.url}: {found}"
        wider = self.page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{self.page.url} is {wider} px wider than the screen"
        cut = self.page.evaluate(
            """[...document.querySelectorAll("select[multiple] option")].filter(one => one.scrollWidth > one.clientWidth
            || getComputedStyle(one).whiteSpace === "nowrap").map(one => one.text)"""
        )
        assert cut == [], f"{self.page.url} cuts {cut}"
        assert self.complaints == []


@cache
def _axe() -> Axe:
    return Axe()


def violations(page: Page) -> list[str]:
    """What axe refuses on this page (WCAG 2.2 AA): the rule, and where."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    # what passes is not listed: half the time of each look
    found = _axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]]


@pytest.fixture
def person(desk, browser):
    """Makes people: `person("fr")`, `person("en", width=360, dark=True)`; their browsers are closed at the end."""
    made: list[Person] = []

    def make(language: str = "fr", **how) -> Person:
        made.append(Person(desk, browser, language={"fr": "fr-FR", "en": "en-GB"}[language], **how))
        return made[-1]

    yield make
    for one in made:
        one.context.close()


@pytest.fixture
def until_text(desk):
    """Wait for an SMS to this number that holds these words; gives it."""

    def wait(number: str, words: str) -> str:
        until(lambda: any(words in text for text in desk.texts_to(number)))
        return next(text for text in reversed(desk.texts_to(number)) if words in text)

    return wait


@pytest.fixture
def until_letter(desk):
    """Wait for an e-mail to this address whose subject holds these words."""

    def wait(address: str, words: str) -> None:
        until(lambda: any(words in subject for subject in desk.letters_to(address)))

    return wait


@pytest.fixture
def opens(browser, live_server):
    """Makes people who are signed in, or nobody (`None`): `opens(user, width=360, dark=True)`; their browsers are closed at the end."""
    made: list[Person] = []

    def make(user, *, language="en", **how) -> Person:
        desk = Desk(url=live_server.url, pocket="")
        made.append(Person(desk, browser, language={"fr": "fr-FR", "en": "en-GB"}[language], **how))
        cookies = signed_in(user, language=language).cookies
        made[-1].context.add_cookies(
            [{"name": name, "value": cookies[name].value, "url": live_server.url} for name in cookies]
        )
        return made[-1]

    yield make
    for one in made:
        one.context.close()
