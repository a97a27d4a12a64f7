"""Stretches of time: unions, exclusions, and the availability that follows, against counting minute by minute."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from astreinte.monitoring.rules import intervals
from astreinte.monitoring.rules.intervals import Interval

START = datetime(2026, 11, 1, tzinfo=UTC)
LENGTH = 200


def minutes(first, last):
    return Interval(start=START + timedelta(minutes=first), end=START + timedelta(minutes=last))


PERIOD = minutes(0, LENGTH)
some = st.lists(
    st.tuples(st.integers(-20, 220), st.integers(-20, 220)).map(lambda pair: minutes(*sorted(pair))), max_size=12
)
# a machine that is busy with other tests draws slowly
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def counted(found):
    """The minutes that are in any of these."""
    at = [START + timedelta(minutes=n) for n in range(-20, 221)]
    return {one for one in at if any(each.start <= one < each.end for each in found)}


@patient
@given(some)
def test_a_union_is_in_order_apart_and_the_same_time(found):
    joined = intervals.union(found)
    assert counted(joined) == counted(found)
    assert all(one.end < other.start for one, other in itertools.pairwise(joined))
    assert intervals.total(found) == timedelta(minutes=len(counted(found)))


@patient
@given(some, some)
def test_what_is_excluded_is_gone_and_nothing_else(found, excluded):
    left = intervals.without(found, excluded)
    assert counted(left) == counted(found) - counted(excluded)
    assert left == intervals.union(left)


@patient
@given(some)
def test_what_is_between_is_the_rest_of_the_period(found):
    between = intervals.between(found, start=PERIOD.start, end=PERIOD.end)
    assert counted(between) == counted([PERIOD]) - counted(found)


@patient
@given(some)
def test_days_share_the_time(found):
    """Eight minutes make a day here: 180 times as fast."""
    stretched = [
        Interval(start=START + 180 * (one.start - START), end=START + 180 * (one.end - START)) for one in found
    ]
    shared = intervals.by_day(intervals.union(stretched))
    assert sum(shared.values(), timedelta(0)) == intervals.total(stretched)
    for midnight, length in shared.items():
        day = Interval(start=midnight, end=midnight + timedelta(1))
        assert length == intervals.total(intervals.clipped(stretched, start=day.start, end=day.end))


@patient
@given(some)
def test_availability_is_the_share_of_the_minutes_that_were_well(found):
    down = len(counted(found) & counted([PERIOD]))
    assert intervals.availability(period=PERIOD, down=found) == 100 * Fraction(LENGTH - down, LENGTH)


@patient
@given(st.fractions(0, 100))
def test_a_percentage_is_never_written_higher_than_it_is(percent):
    shown = intervals.written(percent)
    assert Fraction(Decimal(shown)) <= percent < Fraction(Decimal(shown)) + Fraction(1, 10_000)
    assert len(shown.partition(".")[2]) == 4


@patient
@given(st.lists(st.booleans(), max_size=30), st.booleans())
def test_outages_follow_from_the_changes(downs, began_down):
    turns = [(START + timedelta(minutes=5 * n), down) for n, down in enumerate(downs)]
    found = intervals.outages(turns, began_down=began_down, start=PERIOD.start, end=PERIOD.end)
    state, expected = began_down, set()
    known = dict(turns)
    for minute in range(LENGTH):
        at = START + timedelta(minutes=minute)
        state = known.get(at, state)
        expected |= {at} if state else set()
    assert counted(found) == expected


@pytest.mark.parametrize(
    ("period", "down", "expected"),
    [(43_200, 43, "99.9004"), (43_200, 44, "99.8981"), (44_640, 44, "99.9014"), (43_200, 43.2, "99.9000")],
)
def test_the_vectors_of_the_guarantee(period, down, expected):
    """SLA-5 to SLA-8."""
    found = intervals.availability(period=minutes(0, period), down=[minutes(10, 10 + down)])
    assert intervals.written(found) == expected
    assert (found >= Fraction(999, 10)) == (expected != "99.8981")


def test_only_outages_that_are_long_enough_count():
    """SLA-11: 4, 4 and 6 minutes, from five minutes on."""
    down = [minutes(0, 4), minutes(10, 14), minutes(20, 26)]
    found = intervals.availability(period=minutes(0, 100), down=down, shortest=timedelta(minutes=5))
    assert found == 94


def test_a_month_is_as_long_as_it_really_is():
    """SLA-10: Paris, March 2027, an hour less."""
    zone = ZoneInfo("Europe/Paris")
    assert intervals.month("2027-03", zone=zone).length == timedelta(minutes=44_580)
    year = [intervals.month(f"2027-{number:02}", zone=zone) for number in range(1, 13)]
    assert intervals.union(year) == [Interval(start=year[0].start, end=year[-1].end)]


def test_what_has_begun_counts():
    assert [intervals.seconds(timedelta(milliseconds=ms)) for ms in (0, 1, 1000, 1001)] == [0, 1, 1, 2]
