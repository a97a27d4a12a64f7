"""Something that must be heard of regularly falls silent, or says that it failed: it is an incident, and rings once."""

from datetime import UTC, datetime, timedelta

import pytest

from astreinte.core.refusals import Refusal
from astreinte.flows import recover
from astreinte.monitoring import edits, expected
from astreinte.monitoring.edits import SourceWish
from astreinte.monitoring.models import Alert, AlertSource, Incident
from tests.stories.test_hear import rung

BACKUP = {"kind": "heartbeat", "every_s": 86400, "grace_s": 3600, "proves": "backup"}


def test_a_backup_that_falls_silent_rings_once_and_is_over_when_it_is_heard(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=9))
    source = world.listens_to("backup-web1", server=world.web1.name, **BACKUP)
    world.beats(source)
    world.passes(hours=25)
    world.prober_looks()
    world.passes(minutes=1)
    for _ in range(3):
        world.prober_looks()
    incident = Incident.objects.get()
    assert (incident.clause, incident.title, len(rung(alice))) == (
        "backup-unreachable",
        "backup-web1 ne donne plus de nouvelles",
        1,
    )
    world.beats(source)
    assert (Incident.objects.get().state, Alert.objects.get().firing) == ("resolved", False)


def test_one_never_heard_counts_from_when_it_was_configured(world):
    (alice,) = world.on_call("Alice")
    world.listens_to("watchdog", kind="heartbeat", every_s=300, grace_s=60)
    world.passes(minutes=5)
    world.prober_looks()
    assert rung(alice) == []
    world.passes(minutes=2)
    world.prober_looks()
    incident = Incident.objects.get()
    assert (incident.clause, incident.servers.count(), len(rung(alice))) == ("", 0, 1)


def test_a_job_that_says_it_failed_rings_at_once_and_a_start_changes_nothing(world):
    (alice,) = world.on_call("Alice")
    source = world.listens_to("nightly", kind="heartbeat", every_s=3600, server=world.web1.name)
    world.beats(source, "start")
    source.refresh_from_db()
    assert (source.began_at, source.heard_at) == (world.now, None)
    world.beats(source, "fail")
    world.beats(source, "fail")
    assert (Incident.objects.get().clause, len(rung(alice))) == ("service-down", 1)
    world.beats(source)
    assert Incident.objects.get().state == "resolved"


def test_nobody_says_that_it_is_over_while_it_is_silent(world):
    (alice,) = world.on_call("Alice")
    world.listens_to("watchdog", kind="heartbeat", every_s=300)
    world.passes(minutes=6)
    world.prober_looks()
    with pytest.raises(recover.StillFails):
        recover.by_hand(Incident.objects.get(), by=alice.user, at=world.now)
    assert issubclass(recover.StillFails, Refusal)


def wish(name, key, **more):
    return SourceWish(name=name, type="alertmanager", key=key, **more)


def told(changes):
    return [(change.kind, change.what, change.before, change.after) for change in changes]


def test_sources_are_brought_to_the_file_and_no_key_is_shown(world):
    def apply(*wanted):
        return told(edits.sources(wanted, zone="Europe/Paris", at=world.now))

    assert apply(wish("one", "k1"), wish("two", "k2")) == [
        ("added", "source one", "", ""),
        ("added", "source two", "", ""),
    ]
    assert apply(wish("one", "k1"), wish("two", "k2")) == []
    assert apply(wish("one", "k2"), wish("two", "k1")) == [
        ("changed", "source one: key_sha256", "***", "***"),
        ("changed", "source two: key_sha256", "***", "***"),
    ]
    assert apply(wish("three", "k1")) == [
        ("removed", "source one", "", ""),
        ("removed", "source two", "", ""),
        ("added", "source three", "", ""),
    ]
    assert list(AlertSource.objects.filter(is_active=True).values_list("name", flat=True)) == ["three"]
    assert apply(wish("one", "k2"))[-1] == ("changed", "source one: is_active", "False", "True")


@pytest.mark.parametrize(
    ("cron", "last", "due"),
    [
        ("0 3 * * *", datetime(2026, 10, 24, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC)),
        ("*/15 * * * *", datetime(2026, 10, 25, 0, 7, tzinfo=UTC), datetime(2026, 10, 25, 0, 15, tzinfo=UTC)),
        ("0 0 30 2 *", datetime(2026, 10, 25, 0, 7, tzinfo=UTC), None),
    ],
)
def test_a_cron_schedule_is_read_in_the_provider_s_time(cron, last, due):
    assert expected.due(last=last, every_s=None, cron=cron, grace_s=0, zone="Europe/Paris") == due
