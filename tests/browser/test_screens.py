"""Every main screen at three widths, by day and by night, in both languages; then by keyboard alone, and without JavaScript."""

import re
from itertools import product

import pytest

from tests.browser.conftest import PASSWORD, WIDTHS
from tests.browser.test_journey import plain

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("desk")]

SERVER = "web1.boulangerie.example"
LONG = "Le site de commande de la boulangerie ne répond plus depuis 2 h : " + "erreur" * 12
LOOKS = [
    ("fr", 360, True),
    ("en", 360, False),
    ("fr", 768, False),
    ("en", 768, True),
    ("fr", 1280, True),
    ("en", 1280, False),
]
SCREENS = {
    "jeanne@boulangerie.example": ["/servers/", f"/problem/?server={SERVER}", "/tickets/", "/bills/", "{ticket}"],
    "karim@boulangerie.example": ["/servers/", "/bills/"],
    "chloe@hebergement.example": [
        "/console/",
        "/console/cases/",
        "/console/rotas/",
        "/console/reviews/",
        "/console/incidents/past/",
        "/console/maintenance/",
        "/console/figures/",
        "/console/bills/",
        "/console/health/",
        "/console/erase/",
        "/console{case}",
    ],
}
DOORS = ["/login/", "/password/reset/", "/nothing-here/", "/take/a-link-that-was-cut"]


@pytest.fixture(scope="module")
def ref(desk, browser) -> str:
    """A ticket with a long name and long words, that anybody may look at."""
    from tests.browser.conftest import Person

    jeanne = Person(desk, browser, language="fr-FR").signs_in("jeanne@boulangerie.example")
    reaches_the_offers(jeanne, sentence=LONG)
    jeanne.presses("form[action$='/standard/'] button")
    page = jeanne.page
    deep, wide = f"{'> ' * 18}deep\n\n{'- ' * 18}deep", f"{'|a' * 30}|\n{'|-' * 30}|\n{'|b' * 30}|"
    long = f"`{'y' * 150}`\n\nhttps://boulangerie.example/{'a' * 150}\n\n```\n{'z' * 150}\n```"
    page.fill("#body", f"{long}\n\n{deep}\n\n{wide}")
    jeanne.presses("form[action$='/messages/'] button")
    found = re.search(r"/tickets/(T\d+)/", page.url)[1]
    jeanne.context.close()
    return found


def reaches_the_offers(who, *, sentence: str) -> None:
    page = who.goes(f"/problem/?server={SERVER}")
    page.check("input[name=symptom][value=mail]")
    page.fill("input[name=subject]", sentence)
    who.presses("main form button[type=submit]")


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_every_screen_at_every_width(person, ref, language, width, dark):
    visitor = person(language, width=width, dark=dark)
    for path in DOORS:
        visitor.goes(path)
        visitor.looks()
    for email, paths in SCREENS.items():
        who = person(language, width=width, dark=dark).signs_in(email)
        with who.reading(language):
            for path in paths:
                who.goes(path.format(ticket=f"/tickets/{ref}/", case=f"/cases/{ref}/"))
                assert who.language == language
                who.looks()
                who.opens_folds()
            who.looks()


def test_the_looks_are_all_there():
    """Each width is seen by day and by night, and in both languages."""
    assert {(width, dark) for _, width, dark in LOOKS} == set(product(WIDTHS, (True, False)))
    assert {(language, width) for language, width, _ in LOOKS} == set(product(("fr", "en"), WIDTHS))


class Keyboard:
    """Hands that know Tab, Shift, Space, Enter and the arrows."""

    def __init__(self, who) -> None:
        self.who, self.page = who, who.page

    def focused(self) -> dict:
        return self.page.evaluate(
            """() => { const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
            return { name: one.name || "", href: one.getAttribute("href") || "", text: one.innerText || "", tag: one.tagName,
                     form: one.form ? one.form.getAttribute("action") || "" : "", value: one.value || "",
                     ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                     seen: box.bottom > 0 && box.top < innerHeight && box.width > 0 }; }"""
        )

    def reaches(self, **wanted: str) -> None:
        """Tab until the focus is there; each stop on the way can be seen."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            here = self.focused()
            assert here["tag"] == "BODY" or (here["ring"] and here["seen"]), f"{self.page.url}: no sign on {here}"
            if all(value in here[name] for name, value in wanted.items()):
                return
        raise AssertionError(f"{self.page.url}: never reached {wanted}")

    def types(self, words: str, **where: str) -> None:
        self.reaches(**where)
        self.page.keyboard.type(words)

    def presses(self, key: str = "Enter", **where: str) -> None:
        self.reaches(**where)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def signs_in(self, email: str) -> None:
        self.who.goes("/login/")
        if self.focused()["name"] != "username":
            self.reaches(name="username")
        self.page.keyboard.type(email)
        self.types(PASSWORD, name="password")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


def test_by_keyboard_alone(person):
    jeanne = Keyboard(person("fr"))
    jeanne.signs_in("jeanne@boulangerie.example")
    jeanne.page.keyboard.press("Tab")
    assert jeanne.focused()["href"] == "#main"
    jeanne.page.keyboard.press("Enter")
    jeanne.presses(href=f"/problem/?server={SERVER}")
    jeanne.reaches(name="symptom")
    jeanne.page.keyboard.press("Space")
    jeanne.types("Plus aucun mail depuis 2 h", name="subject")
    jeanne.presses(tag="BUTTON", form="/problem/")
    jeanne.reaches(tag="SUMMARY", text="Le texte")
    jeanne.page.keyboard.press("Enter")
    jeanne.who.sees("vous engagez immédiatement")
    jeanne.presses(href="/urgent/")
    jeanne.presses(tag="BUTTON", text="Confirmer le ticket urgent")
    assert "/tickets/T" in jeanne.page.url
    jeanne.presses(tag="BUTTON", form="/cancel/")
    jeanne.who.sees("Rien n’est dû")
    jeanne.who.looks()


def test_an_engineer_by_keyboard_alone(person, ref):
    alice = Keyboard(person("fr", width=360))
    alice.signs_in("alice@hebergement.example")
    alice.who.goes(f"/console/cases/{ref}/")
    alice.types("Je regarde.", name="body")
    alice.presses(tag="BUTTON", form="/say/")
    alice.who.sees("Je regarde.")
    alice.reaches(tag="SUMMARY", text="C’est résolu")
    alice.page.keyboard.press("Enter")
    alice.reaches(name="summary")
    alice.who.looks()


@pytest.fixture
def without_scripts(desk, browser):
    """People whose browser runs no script."""
    from tests.browser.conftest import Person

    made = []

    def make(email: str) -> Person:
        who = Person(desk, browser, language="fr-FR", width=360)
        who.context.close()
        who.context = browser.new_context(
            viewport={"width": 360, "height": 800}, java_script_enabled=False, locale="fr"
        )
        who.page = who.context.new_page()
        made.append(who)
        return who.signs_in(email)

    yield make
    for who in made:
        who.context.close()


def test_without_javascript(without_scripts):
    jeanne = without_scripts("jeanne@boulangerie.example")
    reaches_the_offers(jeanne, sentence="Plus aucun mail depuis 2 h")
    jeanne.presses("main a[href$='/urgent/']")
    assert "95,00" in plain(jeanne.page.locator(".commit button").inner_text())
    jeanne.presses(".commit button")
    jeanne.page.fill("#body", "Rien dans les journaux.")
    jeanne.presses("form[action$='/messages/'] button")
    ref = re.search(r"/tickets/(T\d+)/", jeanne.page.url)[1]
    alice = without_scripts("alice@hebergement.example")
    alice.goes(f"/console/cases/{ref}/")
    alice.presses("#take-15")
    alice.page.locator("#resolve > summary").click()
    alice.page.fill("textarea[name=summary]", "Le service mail était arrêté : relancé.")
    alice.presses("form:has(textarea[name=summary]) button[type=submit]")
    alice.page.check("input[name=clause][value=customer-app]")
    alice.page.fill("textarea[name=justification]", "L’application a rempli le disque.")
    alice.page.locator("input[name=evidence]").first.check()
    alice.presses("form:has(textarea[name=justification]) button[type=submit]")
    jeanne.goes(f"/tickets/{ref}/")
    assert "Alice Martin" in jeanne.page.locator("#tracker").inner_text()
    jeanne.page.fill("#reason", "Ce sont vos journaux.")
    jeanne.presses("form[action$='/contest/'] button")
    assert jeanne.page.locator("#dispute-title").is_visible()
