"""Who is on call when, on ordinary days and on the nights the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astreinte.oncall.rules import zones
from astreinte.oncall.rules.rota import (
    Because,
    Every,
    Gap,
    Handoff,
    Layer,
    Override,
    Restriction,
    Rota,
    Unit,
    Useless,
    ZoneRefused,
    gaps,
    holders,
    shifts,
    useless_override,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def rota(
    *, zone="Europe/Paris", every=(1, Unit.WEEKS), handoff=(time(9), 0), start=date(2026, 1, 5), people="ab", **more
):
    return Rota("first", zone, (Layer(tuple(people), Every(*every), Handoff(*handoff), start, **more),))


def who(planning, at, overrides=()):
    return [holding.person for holding in holders(planning, overrides, at=at)]


def starts(planning, first, last):
    return [(shift.start, shift.person) for shift in shifts(planning, [], start=first, end=last)]


# The last Sundays of March and October, 2026 to 2036 (EU directive 2000/84).
PARIS = {
    2026: (29, 25), 2027: (28, 31), 2028: (26, 29), 2029: (25, 28), 2030: (31, 27), 2031: (30, 26),
    2032: (28, 31), 2033: (27, 30), 2034: (26, 29), 2035: (25, 28), 2036: (30, 26),
}  # fmt: skip


@pytest.mark.parametrize(("year", "days"), PARIS.items())
def test_in_paris_a_skipped_handover_is_at_the_first_valid_instant_and_a_repeated_one_at_the_first(year, days):
    nightly = rota(every=(1, Unit.DAYS), handoff=(time(2, 30), None), start=date(2026, 1, 1))
    spring, autumn = days
    found = dict(starts(nightly, utc(year, 3, spring), utc(year, 3, spring, 12)))
    assert list(found) == [utc(year, 3, spring - 1, 1, 30), utc(year, 3, spring, 1)]
    found = dict(starts(nightly, utc(year, 10, autumn), utc(year, 10, autumn, 12)))
    assert list(found) == [utc(year, 10, autumn - 1, 0, 30), utc(year, 10, autumn, 0, 30)]


@pytest.mark.parametrize(("year", "days"), PARIS.items())
def test_in_paris_a_week_over_a_change_keeps_its_hour_and_lasts_167_or_169_hours(year, days):
    weekly = rota(handoff=(time(9), 0))
    for month, day, hours in ((3, days[0], 167), (10, days[1], 169)):
        (week,) = shifts(weekly, [], start=utc(year, month, day, 1), end=utc(year, month, day, 2))
        assert (week.end - week.start) == hours * HOUR
        assert (zones.wall_at(week.end, zone=weekly.zone).hour, week.end.weekday()) == (9, 0)


@pytest.mark.parametrize(
    ("zone", "handoff", "first", "expected"),
    [
        # Lord Howe moves by half an hour: no 02:00 to 02:30 on 2026-10-04, 01:30 to 02:00 twice on 2026-04-05.
        (
            "Australia/Lord_Howe",
            time(2, 15),
            utc(2026, 10, 3, 12),
            [utc(2026, 10, 3, 15, 30), utc(2026, 10, 4, 15, 15)],
        ),
        ("Australia/Lord_Howe", time(1, 45), utc(2026, 4, 4, 12), [utc(2026, 4, 4, 14, 45), utc(2026, 4, 5, 15, 15)]),
        # Casablanca: back one hour at 03:00 on 2024-03-10 for Ramadan, forward at 02:00 on 2024-04-14.
        ("Africa/Casablanca", time(2, 30), utc(2024, 3, 9, 12), [utc(2024, 3, 10, 1, 30), utc(2024, 3, 11, 2, 30)]),
        ("Africa/Casablanca", time(2, 30), utc(2024, 4, 13, 12), [utc(2024, 4, 14, 2), utc(2024, 4, 15, 1, 30)]),
    ],
)
def test_other_zones_follow_the_same_rule(zone, handoff, first, expected):
    daily = rota(zone=zone, every=(1, Unit.DAYS), handoff=(handoff, None), start=date(2020, 1, 1))
    assert [start for start, _ in starts(daily, first, first + 2 * DAY)][1:] == expected


def test_apia_had_no_30_december_2011():
    daily = rota(
        zone="Pacific/Apia", every=(1, Unit.DAYS), handoff=(time(9), None), start=date(2011, 12, 28), people="abcd"
    )
    assert starts(daily, utc(2011, 12, 29), utc(2012, 1, 1)) == [
        (utc(2011, 12, 28, 19), "a"),  # the 28th, 09:00 at UTC-10
        (utc(2011, 12, 29, 19), "b"),  # the 29th
        (utc(2011, 12, 30, 10), "c"),  # the 30th was skipped whole: its hand-over is the first instant of the 31st
        (utc(2011, 12, 30, 19), "d"),  # the 31st, 09:00 at UTC+14
        (utc(2011, 12, 31, 19), "a"),
    ]


def test_a_turn_that_falls_whole_into_the_skipped_day_has_no_shift():
    daily = rota(
        zone="Pacific/Apia", every=(1, Unit.DAYS), handoff=(time(0), None), start=date(2011, 12, 28), people="abcd"
    )
    assert [person for _, person in starts(daily, utc(2011, 12, 29, 12), utc(2011, 12, 31, 12))] == ["b", "d", "a"]
    assert who(daily, utc(2011, 12, 30, 10)) == ["d"]


def test_hours_are_elapsed_and_days_are_of_the_calendar():
    night = utc(2026, 3, 29, 12)
    hourly = rota(every=(24, Unit.HOURS), handoff=(time(9), None))
    daily = rota(every=(1, Unit.DAYS), handoff=(time(9), None))
    assert [s.start for s in shifts(hourly, [], start=night, end=night + HOUR)] == [utc(2026, 3, 29, 8)]
    assert [s.start for s in shifts(daily, [], start=night, end=night + HOUR)] == [utc(2026, 3, 29, 7)]


def test_the_first_person_has_what_is_left_of_the_turn():
    wednesday = rota(start=date(2026, 1, 7))
    assert who(wednesday, utc(2026, 1, 7, 7, 59)) == []
    assert who(wednesday, utc(2026, 1, 7, 8)) == ["a"]
    assert who(wednesday, utc(2026, 1, 12, 8)) == ["b"]


def test_a_layer_ends_at_its_last_day():
    assert starts(rota(until=date(2026, 1, 14)), utc(2026, 1, 12), utc(2026, 3, 1)) == [
        (utc(2026, 1, 5, 8), "a"), (utc(2026, 1, 12, 8), "b")
    ]  # fmt: skip
    assert who(rota(until=date(2026, 1, 14)), utc(2026, 1, 14, 8)) == []


def test_restrictions_leave_the_layer_empty_outside_their_windows():
    office = Restriction(frozenset(range(5)), time(18), time(9))
    nights = rota(every=(1, Unit.WEEKS), restrictions=(office,))
    assert who(nights, utc(2026, 1, 5, 16, 59)) == []
    (holding,) = holders(nights, [], at=utc(2026, 1, 5, 17))
    assert (holding.person, holding.until) == ("a", utc(2026, 1, 6, 8))
    assert gaps(nights, [], start=utc(2026, 1, 6), end=utc(2026, 1, 7)) == [
        Gap(utc(2026, 1, 6, 8), utc(2026, 1, 6, 17))
    ]


def test_every_layer_has_its_holder():
    one, two = rota().layers[0], rota(people="c").layers[0]
    both = Rota("both", "Europe/Paris", (one, two))
    assert [(h.layer, h.person) for h in holders(both, [], at=utc(2026, 2, 2, 12))] == [(0, "a"), (1, "c")]


def test_an_override_wins_and_the_later_one_wins_over_it():
    first = Override("c", utc(2026, 1, 6), utc(2026, 1, 8))
    second = Override("d", utc(2026, 1, 7), utc(2026, 1, 9))
    found = shifts(rota(), [first, second], start=utc(2026, 1, 6), end=utc(2026, 1, 10))
    assert [(s.person, s.start, s.because) for s in found] == [
        ("c", utc(2026, 1, 6), Because.OVERRIDE),
        ("d", utc(2026, 1, 7), Because.OVERRIDE),
        ("a", utc(2026, 1, 9), Because.ROTATION),
    ]


def test_an_override_of_one_person_leaves_the_others():
    swap = Override("c", utc(2026, 1, 10), utc(2026, 1, 20), replaces="a")
    found = shifts(rota(), [swap], start=utc(2026, 1, 9), end=utc(2026, 1, 19, 9))
    assert [(s.person, s.end) for s in found] == [
        ("a", utc(2026, 1, 10)), ("c", utc(2026, 1, 12, 8)), ("b", utc(2026, 1, 19, 8)),
        ("c", utc(2026, 1, 20)),
    ]  # fmt: skip


def test_an_override_that_names_the_layer_fills_a_gap():
    closed = rota(until=date(2026, 1, 19))
    period = {"start": utc(2026, 1, 19), "end": utc(2026, 1, 21)}
    assert gaps(closed, [], **period) == [Gap(utc(2026, 1, 19, 8), utc(2026, 1, 21))]
    assert gaps(closed, [Override("c", utc(2026, 1, 18), utc(2026, 1, 22), layer=0)], **period) == []


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        (Override("a", utc(2026, 1, 6), utc(2026, 1, 8)), Useless.ALREADY),
        (Override("c", utc(2026, 1, 8), utc(2026, 1, 6)), Useless.BACKWARDS),
        (Override("c", utc(2026, 1, 6), utc(2026, 1, 6)), Useless.BACKWARDS),
        (Override("c", utc(2026, 1, 6), utc(2026, 1, 8), layer=1), Useless.NO_SUCH_LAYER),
        (Override("c", utc(2026, 1, 6), utc(2026, 1, 8), replaces="b"), Useless.NOT_THERE),
        (Override("c", utc(2025, 1, 6), utc(2025, 1, 8)), Useless.OUTSIDE),
        (Override("a", utc(2026, 1, 6), utc(2026, 1, 13)), None),
        (Override("c", utc(2026, 1, 6), utc(2026, 1, 8)), None),
    ],
)
def test_an_override_that_changes_nothing_is_reported_with_the_reason(override, reason):
    assert useless_override(rota(), [], override) == reason


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Asia/Calcutta", "Asia/Calcutta is an old name of a time zone; write Asia/Kolkata."),
        ("Etc/UTC", "Etc/UTC is an old name of a time zone; write UTC."),
        ("CET", "CET is an old name of a time zone; write Europe/Brussels."),
        ("Europe/Pari", "Europe/Pari is not a time zone; write a name such as Europe/Paris."),
        ("../../etc/passwd", "../../etc/passwd is not a time zone; write a name such as Europe/Paris."),
    ],
)
def test_only_canonical_zones_are_accepted(name, sentence):
    with pytest.raises(ZoneRefused) as refused:
        Rota("first", name, ())
    assert str(refused.value) == sentence


@pytest.mark.parametrize("name", ["Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "Europe/Oslo", "UTC"])
def test_the_zones_countries_use_are_canonical(name):
    assert Rota("first", name, ()).zone.key == name


def test_a_layer_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="at least one person"):
        rota(people="")
    with pytest.raises(ValueError, match="rotation in weeks"):
        rota(every=(1, Unit.DAYS))
    with pytest.raises(ValueError, match="at least one hour"):
        rota(every=(0, Unit.WEEKS))


ZONES = st.sampled_from(
    ["Europe/Paris", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "America/St_Johns"]
)
# Anywhere, and more often near the changes of these zones.
CHANGES = [
    utc(2011, 12, 30, 10),
    utc(2026, 3, 29, 1),
    utc(2026, 10, 25, 1),
    utc(2026, 10, 3, 15, 30),
    utc(2024, 4, 14, 2),
]
NEAR = st.builds(lambda at, by: at + by, st.sampled_from(CHANGES), st.timedeltas(-2 * DAY, 2 * DAY))
INSTANTS = st.datetimes(
    utc(2011, 1, 1).replace(tzinfo=None), utc(2037, 1, 1).replace(tzinfo=None), timezones=st.just(UTC)
)
INSTANTS = INSTANTS | NEAR
WALL = (INSTANTS | NEAR).map(lambda at: at.replace(tzinfo=None))
TIMES = st.times().map(lambda value: value.replace(second=0, microsecond=0))


@st.composite
def layers(draw):
    unit = draw(st.sampled_from(Unit))
    weekday = draw(st.none() | st.integers(0, 6)) if unit is Unit.WEEKS else None
    people = tuple("abcde"[: draw(st.integers(1, 5))])
    return Layer(
        people,
        Every(draw(st.integers(1, 30)), unit),
        Handoff(draw(TIMES), weekday),
        draw(WALL | WALL.map(datetime.date)),
    )


OVERRIDES = st.lists(
    st.builds(
        lambda start, length, **rest: Override(start=start, end=start + length, **rest),
        start=INSTANTS,
        length=st.timedeltas(HOUR, 400 * DAY),
        person=st.sampled_from("vwxyz"),
        layer=st.sampled_from([None, 0]),
        replaces=st.sampled_from([None, "a", "v"]),
    ),
    max_size=4,
)
ROTAS = st.builds(lambda zone, layer: Rota("any", zone, (layer,)), ZONES, layers())


@settings(max_examples=150, deadline=None)
@given(ROTAS, OVERRIDES, INSTANTS)
def test_every_instant_has_exactly_one_holder_and_it_is_the_one_of_the_shifts(planning, overrides, at):
    found = holders(planning, overrides, at=at)
    (layer,) = planning.layers
    if at >= layer.start(zone=planning.zone):
        assert len(found) == 1
    around = shifts(planning, overrides, start=at - 2 * DAY, end=at + 2 * DAY)
    now = [(s.person, s.end, s.because) for s in around if s.start <= at < s.end]
    assert now == [(h.person, h.until, h.because) for h in found]


@settings(max_examples=100, deadline=None)
@given(ROTAS, OVERRIDES, INSTANTS)
def test_shifts_tile_time_without_overlap(planning, overrides, at):
    found = shifts(planning, overrides, start=at, end=at + 20 * DAY)
    assert all(shift.start < shift.end for shift in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    if at >= planning.layers[0].start(zone=planning.zone):
        assert all(left.end == right.start for left, right in pairwise(found))
        assert found[0].start <= at
        assert found[-1].end >= at + 20 * DAY


@settings(max_examples=100, deadline=None)
@given(ROTAS, OVERRIDES, INSTANTS)
def test_asking_for_a_longer_period_does_not_change_a_shift(planning, overrides, at):
    short = shifts(planning, overrides, start=at, end=at + HOUR)
    assert set(short) <= set(shifts(planning, overrides, start=at - 9 * DAY, end=at + 9 * DAY))


@settings(max_examples=100, deadline=None)
@given(WALL, ZONES.map(zones.load))
def test_a_wall_time_becomes_the_first_instant_that_shows_it_or_more(wall, zone):
    found = zones.instant(wall, zone=zone)
    assert zones.wall_at(found, zone=zone) >= wall
    assert zones.wall_at(found - timedelta(microseconds=1), zone=zone) < wall


def test_holders_does_not_depend_on_the_age_of_the_rota():
    old = rota(every=(1, Unit.HOURS), handoff=(time(9), None), start=date(1990, 1, 1))
    assert who(old, utc(1990, 1, 1, 8) + 1_000_001 * HOUR) == ["b"]
