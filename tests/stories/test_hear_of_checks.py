"""Prometheus watches what we watch: an incident is about what is down, whoever says so, and is over once nobody says so any more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from astreinte.flows import acknowledge, recover
from astreinte.monitoring.alertmanager import Heard
from astreinte.monitoring.models import Alert, Incident, Maintenance
from astreinte.paging.models import Page
from tests.stories.test_hear import rung


def about(check, fingerprint="f1", **more):
    labels = {"alertname": "AstreinteCheckDown", "instance": "elsewhere.example", "check_id": str(check.public_id)}
    return Heard(
        fingerprint=fingerprint, firing=True, name="AstreinteCheckDown", title="no answer", labels=labels | more
    )


def up(heard):
    return replace(heard, firing=False)


def told(incident):
    servers = [one.name for one in incident.servers.all()]
    return incident.title, incident.clause, servers, incident.of_check_id


def test_an_alert_about_a_check_is_the_incident_our_own_prober_would_have_made(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=9))
    check = world.watches()
    ours = world.goes_down(check)
    world.sees(check, up=True, times=2)
    world.passes(hours=1)
    world.hears(world.listens_to(), about(check))
    theirs = Incident.objects.get(state="open")
    assert theirs != ours
    assert told(theirs) == told(ours)
    first, second = rung(alice)
    assert "Site web en panne" in first
    assert "Site web en panne" in second
    assert "no answer" in second
    assert Alert.objects.get().server == world.web1


def test_who_says_so_second_joins_the_first_and_it_is_over_when_both_say_so(world):
    (alice,) = world.on_call("Alice")
    check, source = world.watches(), world.listens_to()
    incident = world.goes_down(check)
    world.hears(source, about(check))
    assert (Incident.objects.get(), Page.objects.count(), len(rung(alice))) == (incident, 1, 1)
    assert Alert.objects.get().incident == incident
    world.sees(check, up=True, times=2)
    assert Incident.objects.get().state == "open"
    world.hears(source, up(about(check)))
    assert (Incident.objects.get().state, Page.objects.get().state) == ("resolved", "closed")


def test_the_other_way_round_too(world):
    (alice,) = world.on_call("Alice")
    check, source = world.watches(), world.listens_to()
    world.sees(check, up=True)
    world.hears(source, about(check))
    world.sees(check, up=False, times=3)
    assert (Incident.objects.count(), len(rung(alice))) == (1, 1)
    world.hears(source, up(about(check)))
    assert Incident.objects.get().state == "open"
    world.sees(check, up=True, times=2)
    assert Incident.objects.get().state == "resolved"


def test_another_alert_about_the_same_check_and_another_source_are_the_same_incident(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    one, two = world.listens_to("one"), world.listens_to("two")
    world.hears(one, about(check))
    world.hears(two, replace(about(check), name="Other"))
    assert (Incident.objects.count(), Alert.objects.count(), len(rung(alice))) == (1, 2, 1)
    world.hears(one, up(about(check)))
    assert Incident.objects.get().state == "open"
    world.hears(two, up(about(check)))
    assert Incident.objects.get().state == "resolved"


@pytest.mark.parametrize("named", ["", "7", "no uuid", "3f2b8a52-7a3d-4d0f-9f3e-0f6f5a1f4b11"])
def test_a_name_that_is_no_check_of_ours_is_an_alert_like_any_other(world, named):
    world.on_call("Alice")
    check = world.watches()
    world.hears(world.listens_to(), about(check, check_id=named, instance="web2.boulangerie.example"))
    incident = Incident.objects.get()
    assert (incident.of_check, incident.servers.get()) == (None, world.web2)


def test_a_maintenance_explains_it_and_what_still_fires_after_it_is_about_the_check(world):
    world.on_call("Alice")
    check = world.watches()
    window = Maintenance.objects.create(title="Disks", start=world.now, end=world.now + timedelta(hours=1))
    window.servers.add(world.web1)
    world.hears(world.listens_to(), about(check))
    assert Incident.objects.count() == 0
    world.passes(hours=1)
    world.prober_looks()
    assert Incident.objects.get().of_check == check


def test_what_comes_back_within_half_an_hour_is_the_same_incident_whoever_says_so(world):
    world.on_call("Alice")
    check, source = world.watches(), world.listens_to()
    incident = world.goes_down(check)
    world.sees(check, up=True, times=2)
    world.passes(minutes=5)
    world.hears(source, about(check))
    incident.refresh_from_db()
    assert (Incident.objects.count(), incident.state, incident.times) == (1, "open", 2)


def test_a_person_says_that_it_is_over_where_our_own_check_passes(world):
    (alice,) = world.on_call("Alice")
    check, source = world.watches(), world.listens_to()
    world.sees(check, up=True)
    world.hears(source, about(check))
    acknowledge.page(Page.objects.get(), person=alice.user, via="link", at=world.now)
    recover.by_hand(Incident.objects.get(), by=alice.user, at=world.now)
    assert (Incident.objects.get().state, Alert.objects.get().firing) == ("resolved", False)


def test_a_source_that_left_holds_nothing_open(world):
    world.on_call("Alice")
    check, source = world.watches(), world.listens_to()
    world.goes_down(check)
    world.hears(source, about(check))
    source.is_active = False
    source.save()
    world.sees(check, up=True, times=2)
    assert Incident.objects.get().state == "resolved"


def test_what_a_source_that_left_still_says_does_not_keep_an_incident_that_the_other_takes_back(world):
    world.on_call("Alice")
    check, gone, stays = world.watches(), world.listens_to("old"), world.listens_to("new")
    world.sees(check, up=True)
    for source in (gone, stays):
        world.hears(source, about(check))
    gone.is_active = False
    gone.save()
    world.hears(stays, up(about(check)))
    assert Incident.objects.get().state == "resolved"


def test_what_stays_and_rings_again_says_what_its_source_saw(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=9))
    check, source = world.watches(), world.listens_to()
    world.sees(check, up=True)
    for _ in range(4):
        world.hears(source, up(about(check)))
        world.passes(minutes=1)
        world.hears(source, about(check))
    world.passes(minutes=11)
    world.prober_looks()
    assert len(rung(alice)) == 4
    assert "no answer" in rung(alice)[-1]
