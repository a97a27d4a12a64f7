"""A service is down: Tonight says so, an engineer takes it, and the customer reads who has it; at every width, by day and by night."""

import pytest

from astreinte.core import clock
from astreinte.monitoring.models import Incident
from tests.browser.conftest import WIDTHS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("desk"),
]


@pytest.fixture
def night(world):
    """The web site of the bakery is down, another server is well, and Alice's phone rings."""
    world.now = clock.now()
    world.alice, world.bruno = (phone.user for phone in world.on_call("Alice", "Bruno"))
    check = world.watches()
    world.sees(world.watches(world.shop, url="https://shop.gmbh.example/a/very/long/address/" + "x" * 120), up=True)
    world.watches(world.web1, kind="imap", host="web1.boulangerie.example", port=993)
    world.goes_down(check)
    world.incident = Incident.objects.get()
    return world


def test_an_incident_is_seen_taken_and_the_customer_reads_who_has_it(night, opens):
    customer = opens(night.jeanne)
    customer.goes("/servers/")
    customer.sees("1 service is down")
    customer.looks()
    customer.presses("a:has-text('See the incident')")
    alice = opens(night.alice, width=360, dark=True)
    alice.goes("/console/")
    alice.sees("nobody yet, step 1")
    alice.looks()
    alice.presses("#ringing a.button")
    alice.sees("connection refused")
    alice.looks()
    alice.presses("#take-15")
    alice.sees("You have it")
    alice.looks()
    customer.sees("Alice Martin took charge")  # by itself: the page looks again
    customer.looks()


def test_a_refusal_is_said_on_the_same_screen(night, opens):
    bruno = opens(night.bruno, language="fr")
    bruno.goes(f"/console/incidents/{night.incident.public_id}/")
    bruno.presses("#over")
    bruno.sees("La sonde échoue encore")
    bruno.looks()


@pytest.mark.parametrize("dark", [False, True])
def test_every_screen_of_what_is_watched_at_every_width(night, opens, dark):
    here = f"incidents/{night.incident.public_id}/"
    for width in WIDTHS:
        manager = opens(night.chloe, language="fr", width=width, dark=dark)
        for path in ("/console/", f"/console/{here}", "/console/checks/"):
            manager.goes(path)
            manager.looks()
        customer = opens(night.jeanne, language="fr", width=width, dark=dark)
        for path in ("/servers/", f"/{here}"):
            customer.goes(path)
            customer.opens_folds()
            customer.looks()


def test_looking_now_without_javascript(night, opens):
    alice = opens(night.alice, language="fr")
    alice.goes("/console/checks/?q=shop")
    alice.presses("button:has-text('Mesurer maintenant')")
    alice.sees("une mesure part dans un instant")
    alice.looks()
    assert alice.page.url.endswith("/console/checks/?q=shop")


def test_the_head_line_of_an_incident_follows_it_by_itself(night, opens):
    customer = opens(night.jeanne)
    customer.goes(f"/incidents/{night.incident.public_id}/")
    customer.sees("Incident in progress")
    night.sees(night.incident.of_check, up=True, times=3)
    customer.sees("Incident resolved")
    assert customer.page.get_by_text("Incident in progress").count() == 0
    customer.looks()


def test_what_a_check_saw_is_read_whole_on_a_telephone(night, opens):
    alice = opens(night.alice, width=360)
    page = alice.goes(f"/console/checks/{night.incident.of_check.public_id}/")
    row = page.locator(".looks tbody tr").first
    time, seen = row.locator("td").first, row.locator("td.long")
    assert seen.bounding_box()["y"] > time.bounding_box()["y"]
    assert seen.bounding_box()["width"] > 240
    alice.looks()
