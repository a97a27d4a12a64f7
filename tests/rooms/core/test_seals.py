"""History is sealed in batches: nobody can change, remove or move a line unseen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from astreinte.accounts.models import User
from astreinte.core import proofs, timeline
from astreinte.core.actors import SYSTEM
from astreinte.core.models import Seal, TimelineEntry
from astreinte.flows import seal_history

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=10)
pytestmark = pytest.mark.django_db


def told(count=3, *, at=NOON):
    user = User(pk=7)
    return [timeline.record(user, "person:said", at=at, by=SYSTEM, story="user/7", n=n) for n in range(count)]


def sealed(batches=3):
    for _ in range(batches):
        told()
        assert seal_history.due(at=LATER) == 3


@pytest.fixture
def attacker(db):
    """Somebody who has the database itself: the triggers do not stop them."""
    on = "" if connection.vendor == "sqlite" else " ON core_timelineentry"
    seals_on = "" if connection.vendor == "sqlite" else " ON core_seal"

    def runs(sql, *params):
        with connection.cursor() as cursor:
            cursor.execute(sql, params)

    for verb in ("update", "delete"):
        runs(f"DROP TRIGGER core_timelineentry_no_{verb}{on}")
        runs(f"DROP TRIGGER core_seal_no_{verb}{seals_on}")
    return runs


def broken():
    return [one.row for one in proofs.history()]


def test_only_lines_that_are_old_enough_are_sealed():
    told(2)
    told(1, at=LATER)
    assert timeline.seal(at=LATER) == 2
    assert TimelineEntry.objects.filter(seal__isnull=True).count() == 1
    assert timeline.seal(at=LATER) == 0


def test_seals_follow_each_other():
    sealed(2)
    first, second = Seal.objects.order_by("number")
    assert (first.number, first.previous_sha256, first.lines) == (1, "", 3)
    assert second.previous_sha256 == first.sha256
    assert broken() == []
    assert proofs.head() == f"2:{second.sha256}"


def test_a_thousand_lines_are_one_seal():
    told(1003)
    assert seal_history.due(at=LATER) == 1003
    assert list(Seal.objects.order_by("number").values_list("lines", flat=True)) == [1000, 3]
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_two_keepers_at_once_seal_each_line_once(engine):
    if engine == "sqlite":
        pytest.skip("its writers take turns: there is no race to lose")
    told(40)
    together = Barrier(4)

    def keeper(_number):
        together.wait()
        try:
            return timeline.seal(at=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as keepers:
        done = sum(keepers.map(keeper, range(4)))
    assert done + timeline.seal(at=LATER) == 40
    assert Seal.objects.get().lines == 40
    assert broken() == []


def test_a_changed_line_is_named(attacker):
    sealed()
    line = TimelineEntry.objects.order_by("id")[4]
    attacker("UPDATE core_timelineentry SET by_name = 'Astreinto' WHERE id = %s", line.pk)
    assert broken() == [f"timeline line {line.pk}"]


def test_a_line_changed_with_its_digest_breaks_its_seal(attacker):
    sealed()
    line = TimelineEntry.objects.order_by("id")[4]
    line.by_name = "Somebody else"
    attacker(
        "UPDATE core_timelineentry SET by_name = %s, sha256 = %s WHERE id = %s", line.by_name, line.digest(), line.pk
    )
    assert broken() == ["seal 2"]


@pytest.mark.parametrize(("place", "seal"), [(0, 1), (4, 2), (8, 3)])
def test_a_removed_line_breaks_its_seal(attacker, place, seal):
    sealed()
    attacker("DELETE FROM core_timelineentry WHERE id = %s", TimelineEntry.objects.order_by("id")[place].pk)
    assert broken() == [f"seal {seal}"]


def test_two_lines_that_changed_places_break_their_seal(attacker):
    sealed()
    one, other = TimelineEntry.objects.order_by("id")[3:5]
    attacker("UPDATE core_timelineentry SET id = 999999 WHERE id = %s", one.pk)
    attacker("UPDATE core_timelineentry SET id = %s WHERE id = %s", one.pk, other.pk)
    attacker("UPDATE core_timelineentry SET id = %s WHERE id = 999999", other.pk)
    assert broken() == ["seal 2"]


def test_a_line_slipped_into_a_sealed_batch_breaks_it(attacker):
    sealed()
    (late,) = told(1)
    attacker("UPDATE core_timelineentry SET seal = 2 WHERE id = %s", late.pk)
    assert broken() == ["seal 2"]


@pytest.mark.parametrize(("number", "expected"), [(1, "seal 1"), (2, "seal 2"), (3, "timeline line")])
def test_a_removed_seal_is_missed(attacker, number, expected):
    sealed()
    attacker("DELETE FROM core_seal WHERE number = %s", number)
    assert any(row.startswith(expected) for row in broken())
