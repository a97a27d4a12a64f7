"""*Just me?* in a real browser, in both languages: a banned address whose ban is lifted, a site that is down, a link to share."""

import pytest

from astreinte.core import clock
from astreinte.flows import just_me
from astreinte.monitoring.models import Inquiry
from tests.browser.conftest import WIDTHS
from tests.looked_up import SITE, bans_address, lifting, settle

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("desk"),
]
WORDS = {
    "en": {
        "up": "It is up for everyone: only you",
        "banned": "The firewall of the server refuses your address: too many failed logins came from it.",
        "asked": "We asked for the ban to be lifted",
        "lifted": "The ban was lifted",
        "down": "It is down for everyone: ring us",
        "shared": "A result that somebody shared.",
        "was": "It was up for everyone",
    },
    "fr": {
        "up": "Tout marche pour tout le monde, sauf pour vous",
        "banned": "Le pare-feu du serveur refuse votre adresse : trop de connexions refusées en sont venues.",
        "asked": "Nous avons demandé de lever le bannissement",
        "lifted": "Le bannissement a été levé",
        "down": "C'est en panne pour tout le monde : appelez-nous",
        "shared": "Un résultat que quelqu'un a partagé.",
        "was": "Tout marchait pour tout le monde",
    },
}


@pytest.fixture
def night(world):
    """Two sites of the bakery are watched; the address of this machine is banned."""
    world.now = clock.now()
    world.up, world.down = world.watches(url=f"http://{SITE}/"), world.watches(url="http://shop.boulangerie.example/")
    lifting(world)
    bans_address(world, "login-failures", address="127.0.0.1")
    settle(world, just_me={"public": True})
    return world


def asks(person, name):
    person.goes("/just-me/")
    person.looks()
    person.page.fill("#name", name)
    person.presses("main form button[type=submit]")


def saw(night, check, *, up):
    night.now = clock.now()
    night.sees_once(check, up=up, error="" if up else "refused")
    just_me.due(at=clock.now())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_banned_visitor_reads_why_has_it_lifted_and_shares_the_result(night, opens, language):
    words = WORDS[language]
    jeanne = opens(night.jeanne, language=language, width=360, dark=language == "fr")
    asks(jeanne, SITE)
    jeanne.looks()
    saw(night, night.up, up=True)
    jeanne.sees(words["up"])
    jeanne.sees(words["banned"])
    jeanne.looks()
    share = jeanne.page.locator("form[action$='/share/'] button")
    assert share.evaluate("one => getComputedStyle(one).borderTopColor") != "rgba(0, 0, 0, 0)"  # it looks like a button
    jeanne.presses("#result form button")
    jeanne.sees(words["asked"])
    night.now = clock.now()
    bans_address(night, "none", address="127.0.0.1")
    jeanne.page.reload()
    jeanne.sees(words["lifted"])
    jeanne.presses("form[action$='/share/'] button")
    link = jeanne.page.locator("#link a").get_attribute("href")
    jeanne.looks()
    stranger = opens(None, language=language)
    stranger.goes(f"/just-me/shared/{link.rstrip('/').rpartition('/')[2]}/")
    stranger.sees(words["shared"])
    stranger.sees(words["was"])
    assert "127.0.0.1" not in stranger.page.locator("main").inner_text()
    stranger.looks()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_site_that_is_down_is_down_for_everyone_at_every_width(night, opens, language):
    jeanne = opens(night.jeanne, language=language)
    asks(jeanne, "shop.boulangerie.example")
    saw(night, night.down, up=False)
    jeanne.sees(WORDS[language]["down"])
    for width in WIDTHS:
        jeanne.page.set_viewport_size({"width": width, "height": 800})
        jeanne.looks()
    jeanne.presses("#result a.button")
    assert f"server={night.web1.name}" in jeanne.page.url


def test_anybody_asks_where_it_is_open(night, opens):
    nobody = opens(None)
    asks(nobody, SITE)
    saw(night, night.up, up=True)
    nobody.sees(WORDS["en"]["up"])
    nobody.looks()
    assert Inquiry.objects.get().asked_by is None
