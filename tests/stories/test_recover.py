"""What was down is up again: the incident is over and the phones are told."""

from datetime import timedelta

import pytest

from astreinte.flows import acknowledge, recover
from astreinte.monitoring.models import Check, Incident
from astreinte.notifications.models import Notification
from astreinte.paging.models import Page
from astreinte.tickets import tracking


def test_two_good_looks_resolve_the_incident_and_stop_the_ringing(world):
    alice, bruno = world.on_call("Alice", "Bruno")
    check = world.watches()
    world.goes_down(check)
    world.sees(check, up=True)
    assert Incident.objects.get().state == "open"
    world.sees(check, up=True)
    incident = Incident.objects.get()
    assert (incident.state, Page.objects.get().state) == ("resolved", "closed")
    assert incident.resolved_at is not None
    assert "De nouveau en ordre" in alice.texts[-1]
    world.passes(hours=2)
    assert bruno.texts == []
    assert not Notification.objects.filter(kind="page", state="queued").exists()


def test_the_one_who_had_taken_it_is_told_too(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    incident = world.goes_down(check)
    acknowledge.page(incident.page, person=alice.user, via="link", at=world.now)
    world.sees(check, up=True, times=2)
    assert Incident.objects.get().state == "resolved"
    assert "De nouveau en ordre" in alice.texts[-1]


def test_a_person_closes_what_is_not_watched_any_more_and_nothing_that_still_fails(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    incident = world.goes_down(check)
    with pytest.raises(recover.StillFails):
        recover.by_hand(incident, by=alice.user, at=world.now)
    Check.objects.update(due_at=None)
    incident.of_check.refresh_from_db()
    recover.by_hand(incident, by=alice.user, at=world.now)
    assert (Incident.objects.get().state, Page.objects.get().state) == ("resolved", "closed")
    world.pager_ticks()
    assert "Clos par Alice Martin" in alice.texts[-1]
    with pytest.raises(recover.NoLongerOpen):
        recover.by_hand(incident, by=alice.user, at=world.now)


def test_whoever_has_an_incident_says_when_they_start(world):
    (alice,) = world.on_call("Alice")
    incident = world.goes_down(world.watches())
    acknowledge.page(incident.page, person=alice.user, via="link", at=world.now)
    acknowledge.page(incident.page, person=alice.user, via="link", eta=timedelta(minutes=15), at=world.now)
    assert Page.objects.get().eta_at == world.now + timedelta(minutes=15)
    assert tracking.of_page(Page.objects.get()).taken.eta_at == world.now + timedelta(minutes=15)
