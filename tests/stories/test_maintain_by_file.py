"""The provider file plans maintenance: applied twice it is planned once; what changes there changes, what leaves is cancelled."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from astreinte.accounts.models import User
from astreinte.core.actors import SYSTEM
from astreinte.flows import apply_provider, maintain
from astreinte.monitoring.models import Maintenance
from astreinte.notifications.models import Notification
from astreinte.provider_file import ProviderFileRefused, parse

EXAMPLE = (Path(__file__).parents[1] / "data" / "provider.yaml").read_text(encoding="utf-8")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEB1 = "web1.boulangerie.example"
pytestmark = pytest.mark.django_db


def line(title="New disks", *, start="2026-03-10 03:00", end="2026-03-10 04:00", servers=WEB1):
    return f"  - {{title: {title}, servers: [{servers}], start: {start}, end: {end}}}\n"


def applied(*lines, at=NOON, dry_run=False):
    text = EXAMPLE + ("\nmaintenance:\n" + "".join(lines) if lines else "")
    changes = apply_provider.apply(parse(text), by=SYSTEM, at=at, dry_run=dry_run)
    return [f"{one.kind} {one.what}" for one in changes if one.what.startswith("maintenance")]


def letters(kind):
    return Notification.objects.filter(kind=kind).count()


def test_it_is_planned_once_in_the_time_of_the_provider_and_those_concerned_are_told():
    assert applied(line(), dry_run=True) == ["added maintenance New disks"]
    assert (Maintenance.objects.count(), letters("maintenance_planned")) == (0, 0)
    assert applied(line()) == ["added maintenance New disks"]
    told = letters("maintenance_planned")
    assert applied(line()) == []
    assert (told > 0, letters("maintenance_planned")) == (True, told)
    made = Maintenance.objects.get()
    assert (made.start, made.end) == (datetime(2026, 3, 10, 2, tzinfo=UTC), datetime(2026, 3, 10, 3, tzinfo=UTC))
    assert [server.name for server in made.servers.all()] == [WEB1]


def test_what_changes_there_is_the_same_maintenance_and_is_told():
    applied(line())
    moved = line(start="2026-03-12 03:00", end="2026-03-12 04:30")
    assert applied(moved) == ["changed maintenance New disks: start", "changed maintenance New disks: end"]
    assert applied(moved) == []
    assert Maintenance.objects.get().end == datetime(2026, 3, 12, 3, 30, tzinfo=UTC)
    assert letters("maintenance_changed") == letters("maintenance_planned") > 0


def test_what_leaves_the_file_is_cancelled_and_what_comes_back_is_planned_anew():
    applied(line(), line("New kernel"))
    assert applied(line("New kernel")) == ["removed maintenance New disks"]
    assert letters("maintenance_cancelled") > 0
    assert applied(line("New kernel")) == []
    assert applied(line(), line("New kernel")) == ["added maintenance New disks"]
    assert (Maintenance.objects.count(), Maintenance.everything.count()) == (2, 3)


def test_what_is_over_stays_as_it_was_and_the_same_work_later_is_another_one():
    applied(line())
    later = NOON + timedelta(days=20)
    assert applied(line(), at=later) == []
    assert applied(at=later) == []
    assert applied(line(start="2026-04-10 03:00", end="2026-04-10 04:00"), at=later) == ["added maintenance New disks"]
    assert Maintenance.objects.count() == 2
    assert applied(line("Old"), at=later) == ["removed maintenance New disks"]


def test_what_a_person_cancels_or_plans_is_left_alone_by_the_file():
    applied(line())
    made, person = Maintenance.objects.get(), User.objects.get(email="alice@hebergement.example")
    with pytest.raises(maintain.OfTheFile):
        maintain.change(made, maintain.as_wish(made), by=person, at=NOON)
    maintain.cancel(made, reason="No disks.", by=person, at=NOON)
    assert applied(line()) == []
    assert Maintenance.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (line(servers="nothing.example"), "There is no server named nothing.example."),
        (line(servers=f"{WEB1}, {WEB1}"), "is already used on line"),
        (line(end="2026-03-10 03:00"), "The end is not after the start"),
        (line(end="2026-12-10 03:00"), "at most 14 days"),
        # 29 March 2026: these two are the same instant
        (line(start="2026-03-29 02:15", end="2026-03-29 02:45"), "The end is not after the start"),
        (line() + line(), "New disks is already used on line"),
        (line(start="0001-01-01 00:00", end="0001-01-01 01:00"), "is not a local date and time"),
        (line(start="tomorrow"), "is not a local date and time"),
        ("  - {title: x, servers: [], start: 2026-03-10 03:00, end: 2026-03-10 04:00}\n", "it needs at least one"),
    ],
)
def test_a_line_that_cannot_be_refuses_the_whole_file_with_its_line(wrong, why):
    with pytest.raises(ProviderFileRefused) as refused:
        applied(wrong)
    said = [(one.line, one.msgid % one.params) for one in refused.value.problems]
    assert any(why in sentence and line >= EXAMPLE.count("\n") for line, sentence in said), said
    assert Maintenance.everything.count() == 0


def test_an_hour_that_comes_twice_is_its_first_time():
    applied(line(start="2026-10-25 02:30", end="2026-10-25 03:30"))
    made = Maintenance.objects.get()
    assert (made.start, made.end - made.start) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), timedelta(hours=2))
