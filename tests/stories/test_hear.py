"""Other monitoring says what fails: it is an incident, once, and a phone rings as if we had seen it ourselves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from astreinte.flows import acknowledge, hear, recover
from astreinte.monitoring import sources
from astreinte.monitoring.alertmanager import Heard
from astreinte.monitoring.models import Alert, AlertSource, Incident, Maintenance
from astreinte.paging.models import Page
from astreinte.tickets.models import Ticket


def down(fingerprint="f1", *, at="web1.boulangerie.example", name="InstanceDown", firing=True):
    labels = {"alertname": name, "instance": f"{at}:9100"} if at else {"alertname": name}
    return Heard(fingerprint=fingerprint, firing=firing, name=name, title=f"{name} on {at}", labels=labels)


def up(heard):
    return replace(heard, firing=False)


def rung(phone):
    return [text for text in phone.texts if "/take/" in text]


def test_what_alertmanager_says_is_an_incident_once_however_often_it_says_so(world):
    (alice,) = world.on_call("Alice")
    source = world.listens_to()
    for _ in range(3):
        world.hears(source, down())
        world.passes(seconds=30)
    incident = Incident.objects.get()
    assert (incident.state, incident.clause, [one.name for one in incident.servers.all()]) == (
        "open",
        "service-down",
        ["web1.boulangerie.example"],
    )
    (text,) = rung(alice)
    assert "Boulangerie du Port" in text
    assert "InstanceDown" in text
    alert = Alert.objects.get()
    assert (alert.times, alert.firing, alert.incident) == (3, True, incident)
    source.refresh_from_db()
    assert source.heard_at == alert.last_at
    assert source.matched_at == alert.first_at


def test_a_resolve_closes_only_its_own_fingerprint_and_the_last_one_the_incident(world):
    (alice,) = world.on_call("Alice")
    source = world.listens_to()
    first, second = down("f1"), down("f2")
    world.hears(source, first, second)
    assert Incident.objects.count() == 1
    world.hears(source, up(first))
    assert Incident.objects.get().state == "open"
    assert list(Alert.objects.order_by("fingerprint").values_list("fingerprint", "firing")) == [
        ("f1", False),
        ("f2", True),
    ]
    world.hears(source, up(second))
    incident = Incident.objects.get()
    assert (incident.state, incident.page.state, len(rung(alice))) == ("resolved", "closed", 1)


def test_another_source_with_the_same_fingerprint_is_another_alert(world):
    world.on_call("Alice")
    one, two = world.listens_to("one"), world.listens_to("two")
    world.hears(one, down())
    world.hears(two, down())
    world.hears(one, up(down()))
    assert Incident.objects.get().state == "open"
    world.hears(two, up(down()))
    assert Incident.objects.get().state == "resolved"


def test_alerts_of_one_server_and_one_name_within_five_minutes_are_one_incident_and_later_another(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=2))
    source = world.listens_to()
    world.hears(source, down("f1"))
    world.passes(minutes=4)
    world.hears(source, down("f2"))
    assert Incident.objects.count() == 1
    world.passes(minutes=2)
    world.hears(source, down("f3"))
    assert (Incident.objects.count(), len(rung(alice))) == (2, 2)


def test_another_name_on_the_same_server_goes_with_the_first_and_nobody_is_rung_twice(world):
    (alice,) = world.on_call("Alice")
    source = world.listens_to()
    world.hears(source, down("f1"))
    world.hears(source, down("f2", name="DiskFull"))
    assert (Incident.objects.count(), Page.objects.count(), len(rung(alice))) == (2, 1, 1)
    assert Incident.objects.get(title__startswith="DiskFull").parent.title.startswith("InstanceDown")


def test_our_own_check_and_theirs_are_one_call(world):
    (alice,) = world.on_call("Alice")
    world.goes_down(world.watches())
    world.hears(world.listens_to(), down())
    assert (Incident.objects.count(), Page.objects.count(), len(rung(alice))) == (2, 1, 1)


@pytest.mark.parametrize("place", ["192.0.2.10", "WEB1.boulangerie.example."])
def test_a_server_is_known_by_its_address_and_however_it_is_written(world, place):
    world.on_call("Alice")
    world.hears(world.listens_to(), down(at=place))
    assert Alert.objects.get().server == world.web1


def test_the_source_s_own_server_when_the_alert_names_none(world):
    world.on_call("Alice")
    world.hears(world.listens_to(server="web2.boulangerie.example"), down(at="unknown.example"))
    assert Alert.objects.get().server == world.web2


def test_alerts_about_no_server_of_ours_ring_by_the_default_policy_once(world):
    (alice,) = world.on_call("Alice")
    source = world.listens_to()
    world.hears(source, *[down(f"f{number}", at=f"switch{number}.example") for number in range(20)])
    incident = Incident.objects.get()
    assert (incident.clause, incident.servers.count(), incident.alerts.count(), len(rung(alice))) == ("", 0, 20, 1)
    assert "prometheus" in rung(alice)[0]
    assert AlertSource.objects.get().matched_at is None


def test_resolved_before_firing_changes_nothing_and_what_fires_then_rings(world):
    (alice,) = world.on_call("Alice")
    source = world.listens_to()
    world.hears(source, up(down()))
    assert (Alert.objects.count(), Incident.objects.count()) == (0, 0)
    world.hears(source, down())
    assert len(rung(alice)) == 1


def test_what_fires_again_within_half_an_hour_is_the_same_incident(world):
    (alice,) = world.on_call("Alice")
    source = world.listens_to()
    for _ in range(2):
        world.hears(source, down())
        world.passes(minutes=1)
        world.hears(source, up(down()))
        world.passes(minutes=10)
    incident = Incident.objects.get()
    assert (incident.times, incident.state, len(rung(alice)), Alert.objects.count()) == (2, "resolved", 2, 2)


def test_a_maintenance_rings_nobody_and_what_still_fires_at_its_end_does(world):
    (alice,) = world.on_call("Alice")
    window = Maintenance.objects.create(title="Disks", start=world.now, end=world.now + timedelta(hours=1))
    window.servers.add(world.web1)
    source = world.listens_to()
    world.hears(source, down("f1"), down("f2"))
    world.prober_looks()
    assert (Alert.objects.count(), Incident.objects.count(), rung(alice)) == (2, 0, [])
    world.passes(hours=1)
    world.prober_looks()
    assert (Incident.objects.get().alerts.count(), len(rung(alice))) == (2, 1)
    assert hear.left_firing(at=world.now) == 0


def test_what_is_left_of_a_trouble_that_is_over_rings_for_itself(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=2))
    source = world.listens_to()
    world.hears(source, down("f1"))
    world.hears(source, down("f2", name="DiskFull"))
    world.hears(source, up(down("f1")))
    world.prober_looks()
    assert len(rung(alice)) == 2
    assert "DiskFull" in rung(alice)[1]


def test_a_person_says_that_it_is_over_and_what_is_said_again_after_that_rings(world):
    (alice,) = world.on_call("Alice")
    source = world.listens_to()
    world.hears(source, down())
    incident = Incident.objects.get()
    acknowledge.page(incident.page, person=alice.user, via="link", at=world.now)
    recover.by_hand(Incident.objects.get(), by=alice.user, at=world.now)
    assert (Incident.objects.get().state, Alert.objects.get().firing) == ("resolved", False)
    world.passes(minutes=5)
    world.hears(source, down())
    assert (Incident.objects.get().state, len(rung(alice))) == ("open", 2)


def test_a_customer_who_opens_a_ticket_about_it_calls_nobody_twice(world):
    (alice,) = world.on_call("Alice")
    world.hears(world.listens_to(), down())
    world.customer_opens()
    ticket = Ticket.objects.get()
    assert (ticket.incident, len(rung(alice))) == (Incident.objects.get(), 1)


def test_a_ticket_a_moment_before_is_linked_too(world):
    (alice,) = world.on_call("Alice")
    world.customer_opens()
    world.hears(world.listens_to(), down())
    assert (Ticket.objects.get().incident, len(rung(alice))) == (Incident.objects.get(), 1)


def test_a_switch_that_takes_forty_servers_down_is_one_call_and_every_alert_is_kept(world):
    (alice,) = world.on_call("Alice")
    for number in range(40):
        world.server(f"host{number}.gmbh.example")
    source = world.listens_to()
    world.hears(source, *[down(f"f{n}", at=f"host{n % 40}.gmbh.example") for n in range(400)])
    assert (Alert.objects.count(), Incident.objects.count(), Page.objects.count(), len(rung(alice))) == (400, 40, 1, 1)
    world.hears(source, *[up(down(f"f{n}", at=f"host{n % 40}.gmbh.example")) for n in range(400)])
    assert Incident.objects.filter(state="open").count() == 0


def test_too_many_requests_are_refused_by_name_and_nothing_accepted_is_lost(world):
    world.on_call("Alice")
    source = world.listens_to()
    for number in range(sources.MOST):
        hear.alerts(source, [down(f"f{number}")], at=world.now)
    world.passes(minutes=1)
    with pytest.raises(hear.TooMany) as refused:
        hear.alerts(source, [down("late")], at=world.now)
    assert refused.value.details == {"source": "prometheus", "limit": 300, "minutes": 5, "seconds": 240}
    assert Alert.objects.count() == sources.MOST
    source.refresh_from_db()
    assert source.refused_at == world.now
    world.passes(minutes=4)
    hear.alerts(source, [down("late")], at=world.now)
    assert Alert.objects.count() == sources.MOST + 1
