"""A source that must be heard of falls silent: that is an incident of its own, and rings; and which of its alerts are never ours."""

from datetime import timedelta

import pytest

from astreinte.flows import recover
from astreinte.monitoring import sources
from astreinte.monitoring.alertmanager import Heard
from astreinte.monitoring.models import Alert, AlertSource, Incident
from tests.stories.test_hear import down, rung, up

WATCHDOG = Heard(fingerprint="w", firing=True, name="Watchdog", title="always", labels={"alertname": "Watchdog"})


def test_a_watchdog_is_no_trouble_and_its_silence_is(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=9))
    source = world.listens_to(every_s=300, grace_s=60)
    for _ in range(3):
        world.hears(source, WATCHDOG)
        world.passes(minutes=2)
        world.prober_looks()
    assert (Alert.objects.count(), Incident.objects.count(), rung(alice)) == (0, 0, [])
    world.passes(minutes=5)
    for _ in range(3):
        world.prober_looks()
    incident = Incident.objects.get()
    assert (incident.title, incident.clause, incident.servers.count(), len(rung(alice))) == (
        "prometheus ne donne plus de nouvelles", "", 0, 1,
    )  # fmt: skip
    source.refresh_from_db()
    world.hears(source, WATCHDOG)
    assert Incident.objects.get().state == "resolved"


def test_what_is_only_taken_back_does_not_prove_that_prometheus_lives(world):
    world.on_call("Alice")
    source = world.listens_to(every_s=300)
    world.hears(source, down())
    world.passes(minutes=4)
    source.refresh_from_db()
    world.hears(source, up(down()), up(WATCHDOG))
    world.passes(minutes=2)
    world.prober_looks()
    assert Incident.objects.get(state="open").title == "prometheus ne donne plus de nouvelles"
    source.refresh_from_db()
    world.hears(source, down())
    assert list(
        Incident.objects.filter(title="prometheus ne donne plus de nouvelles").values_list("state", flat=True)
    ) == ["resolved"]


def test_other_monitoring_is_heard_by_whatever_it_says(world):
    (alice,) = world.on_call("Alice")
    source = world.listens_to("zabbix", kind="alerts", every_s=3600, server=world.web1.name)
    world.passes(minutes=50)
    source.refresh_from_db()
    world.hears(source)
    world.passes(minutes=50)
    world.prober_looks()
    assert Incident.objects.count() == 0
    world.passes(minutes=20)
    world.prober_looks()
    # it is the source that is silent: the server it speaks of is not said to be down
    assert (Incident.objects.get().clause, len(rung(alice))) == ("", 1)
    with pytest.raises(recover.StillFails):
        recover.by_hand(Incident.objects.get(), by=alice.user, at=world.now)


def test_one_that_fires_something_and_falls_silent_is_said_all_the_same(world):
    world.on_call("Alice")
    source = world.listens_to(every_s=300)
    world.hears(source, down())
    world.passes(minutes=6)
    world.prober_looks()
    assert Incident.objects.filter(state="open").count() == 2


def test_without_a_pace_silence_is_no_news(world):
    world.on_call("Alice")
    source = world.listens_to()
    world.hears(source, WATCHDOG)
    world.passes(hours=48)
    world.prober_looks()
    assert Incident.objects.count() == 0
    assert AlertSource.objects.get().heard_at is not None


def test_rules_that_never_were_about_a_server_are_named_and_those_that_once_were_are_not(world):
    world.on_call("Alice")
    source = world.listens_to()
    world.hears(source, down("f1", at="nobody.example", name="SwitchPort"), down("f2", at="", name="SwitchPort"))
    world.hears(source, down("f3", at="nobody.example", name="Disk"), down("f4", name="Disk"))
    world.listens_to("beat", kind="heartbeat", every_s=60)
    world.passes(minutes=5)
    world.prober_looks()
    found = [(one["source__name"], one["name"], one["count"]) for one in sources.never_matched()]
    assert found == [("prometheus", "SwitchPort", 2)]
