"""A backup job sends the listing of its copies with its heartbeat: one that is too old, empty or missing rings, as our own check would."""

from datetime import UTC, datetime, timedelta

import pytest

from astreinte.core.actors import SYSTEM
from astreinte.core.refusals import Refusal
from astreinte.flows import apply_provider, hear, hear_backup
from astreinte.monitoring.models import Alert, AlertSource, Incident
from astreinte.provider_file import parse
from tests.stories.test_apply_provider import EXAMPLE, NOON
from tests.stories.test_hear import rung

LISTED = {"kind": "heartbeat", "proves": "backup", "listing": True}
HOUR = timedelta(hours=1)


@pytest.fixture
def night(world):
    """Alice is on call; the backups of web1 are listed by their job."""
    (world.alice,) = world.on_call("Alice", repeat=timedelta(hours=90))
    world.backups = world.listens_to("backup-web1", server=world.web1.name, **LISTED)
    return world


def ls(at, name="www.tar.gz", size=1234):
    return f"total 4\n-rw-r--r-- 1 root root {size} {at:%Y-%m-%d %H:%M:%S}.000000000 +0000 {name}\n"


def find(at, name="www.tar.gz", size=1234):
    return f"{at.timestamp():.10f} {size} /backup/{name}\n"


def about(night):
    incident = Incident.objects.get()
    return incident.state, incident.clause, incident.title, len(rung(night.alice))


def test_a_young_copy_is_well_and_nobody_is_called(night):
    assert night.lists(night.backups, ls(night.now - HOUR)) == "www.tar.gz, 1 h old"
    night.backups.refresh_from_db()
    assert (night.backups.saw, night.backups.newest_at) == ("www.tar.gz, 1 h old", night.now - HOUR)
    assert Incident.objects.count() == 0


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        (lambda at: ls(at - 26 * HOUR), "the newest copy, www.tar.gz, is 26 h old"),
        (lambda at: find(at - 30 * HOUR), "the newest copy, www.tar.gz, is 30 h old"),
        (lambda at: find(at - HOUR, size=0), "the newest copy, www.tar.gz, is empty"),
        (lambda _at: "", "no copy in the listing"),
        (lambda _at: "total 0\n", "no copy in the listing"),
        (lambda at: find(at + 300 * HOUR), "no copy in the listing"),
        (
            lambda _at: "ls: cannot access /backup",
            "the listing cannot be read: line 1 says 'ls: cannot access /backup'",
        ),
    ],
)
def test_what_is_old_empty_missing_or_unreadable_rings_once_and_is_over_with_the_next_good_one(night, listing, said):
    assert [night.lists(night.backups, listing(night.now)) for _ in range(2)] == [said, said]
    title = "La dernière sauvegarde n’est pas lisible : backup-web1"
    assert about(night) == ("open", "backup-unreachable", title, 1)
    assert Alert.objects.get().title == said
    night.lists(night.backups, ls(night.now))
    assert about(night)[0] == "resolved"


def test_it_is_late_once_its_newest_copy_is_too_old_whatever_its_schedule(night):
    night.lists(night.backups, ls(night.now - 2 * HOUR))
    night.passes(hours=23, minutes=59)
    night.prober_looks()
    assert Incident.objects.count() == 0
    night.passes(minutes=1)
    night.prober_looks()
    assert about(night) == ("open", "backup-unreachable", "backup-web1 ne donne plus de nouvelles", 1)


def test_a_schedule_that_is_missed_before_that_rings_first(world):
    world.on_call("Alice")
    source = world.listens_to("hourly", server=world.web1.name, every_s=3600, **LISTED)
    world.lists(source, ls(world.now))
    world.passes(hours=1)
    world.prober_looks()
    assert Incident.objects.get().state == "open"


def test_one_that_never_brought_a_listing_rings_after_the_age_of_a_copy(night):
    night.passes(hours=25, minutes=59)
    night.prober_looks()
    assert Incident.objects.count() == 0
    night.passes(minutes=1)
    night.prober_looks()
    assert about(night)[0] == "open"


def test_without_a_listing_it_is_refused_and_proves_nothing(night):
    due_at = night.backups.due_at
    with pytest.raises(hear_backup.NoListing) as refused:
        hear_backup.listing(night.backups, None, at=night.now)
    assert isinstance(refused.value, Refusal)
    assert refused.value.details == {"source": "backup-web1"}
    night.backups.refresh_from_db()
    assert (night.backups.heard_at, night.backups.due_at) == (None, due_at)


def test_the_job_says_that_it_failed_and_starts_as_any_other(night):
    night.beats(night.backups, "start")
    assert Incident.objects.count() == 0
    night.beats(night.backups, "fail")
    assert about(night)[:2] == ("open", "backup-unreachable")
    night.lists(night.backups, ls(night.now))
    assert about(night)[0] == "resolved"


def test_a_provider_chooses_the_age_and_the_names(world):
    world.on_call("Alice")
    more = {**LISTED, "younger_than_s": 3600 * 50, "pattern": "*.sql.gz"}
    source = world.listens_to("weekly", server=world.web1.name, **more)
    listing = ls(world.now, name="notes.txt") + ls(world.now - 49 * HOUR, name="all.sql.gz")
    assert world.lists(source, listing) == "all.sql.gz, 49 h old"


@pytest.mark.django_db
def test_the_provider_file_says_which_heartbeat_brings_a_listing_and_what_is_expected_of_it():
    begins = "{type: heartbeat, key: 0123456789abcdef, server: web1.boulangerie.example, proves: backup, "
    file = (
        f"{EXAMPLE}\ninbound:\n  usual: {begins}listing: true}}\n"
        f"  own: {begins.replace('abcdef', 'bcdefa')}cron: 0 3 * * *, listing: true, younger_than: 50h, pattern: '*.sql'}}\n"
        f"  without: {begins.replace('abcdef', 'cdefab')}every: 24h}}\n"
    )
    apply_provider.apply(parse(file), by=SYSTEM, at=NOON)
    known = AlertSource.objects.order_by("name").values_list("name", "younger_than_s", "pattern", "due_at")
    assert list(known) == [
        ("own", 180_000, "*.sql", NOON + 14 * HOUR),
        ("usual", 93_600, "*", NOON + 26 * HOUR),
        ("without", None, "", NOON + 24 * HOUR),
    ]
    assert apply_provider.apply(parse(file), by=SYSTEM, at=NOON + HOUR) == []


def test_a_time_without_a_zone_is_the_provider_s(night):
    local = (night.now + 2 * HOUR).strftime("%Y-%m-%d+%H:%M:%S.5")  # Paris, in summer
    night.now = night.now.astimezone(UTC)
    assert night.now < datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert night.lists(night.backups, f"{local} 12 /backup/www.tar\n") == "www.tar, 0 h old"


def test_one_that_sends_too_much_is_told_so(night):
    for _ in range(300):
        hear.come_in(night.backups, at=night.now)
    with pytest.raises(hear.TooMany):
        night.lists(night.backups, ls(night.now))
