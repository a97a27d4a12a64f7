"""What the world is told: nobody's server is anybody's news, unless a person wrote of it or several customers feel it."""

from datetime import UTC, datetime, timedelta

import pytest

from astreinte.monitoring.rules.publicity import (
    Board,
    Component,
    Hit,
    Level,
    Planned,
    Told,
    Trouble,
    Update,
    Window,
    past,
    planned,
    told,
)

NOON = datetime(2026, 10, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEB = Component(key="web", names=(("en", "Web"),), servers=frozenset({1, 2, 3, 4}), kinds=frozenset({"http"}))
MAIL = Component(key="mail", names=(("en", "Mail"),), servers=frozenset({1, 9}), shared=True)
BOTH = (WEB, MAIL)


def hit(server, customer, kind="http"):
    return Hit(server=server, customer=customer, kind=kind)


def trouble(*hits, began_at=NOON, over_at=None, stages=("investigating",), by_person=False):
    updates = tuple(Update(key=str(n), stage=stage, at=began_at + n * HOUR) for n, stage in enumerate(stages))
    return Trouble(
        key=1, public_id="x", began_at=began_at, over_at=over_at, hits=hits, updates=updates, by_person=by_person
    )


def levels(found):
    return None if found is None else dict(found.levels)


@pytest.mark.parametrize(
    ("hits", "by_person", "expected"),
    [
        ([hit(2, 1)], False, None),  # one customer's server: nobody's business
        ([hit(2, 1), hit(3, 1)], False, None),  # two servers of one customer
        ([hit(2, 1), hit(3, 2)], False, {"web": Level.OUTAGE}),  # two customers
        ([hit(2, 1), hit(7, 2)], False, {"web": Level.PARTIAL}),  # the second one's server is of no component
        ([hit(2, 1)], True, {"web": Level.PARTIAL}),  # a person wrote
        ([hit(9, 1)], False, {"mail": Level.OUTAGE}),  # a shared component
        ([hit(1, 1)], False, {"mail": Level.OUTAGE}),  # felt by both, told of the shared one alone
        ([hit(1, 1)], True, {"web": Level.PARTIAL, "mail": Level.OUTAGE}),
        ([hit(2, 1, "ssh"), hit(3, 2, "ssh")], False, {}),  # of several, and of no component we show
        ([hit(8, 1)], True, {}),
        ([hit(8, 1)], False, None),
        ([], False, None),
    ],
)
def test_who_is_told_of_what(hits, by_person, expected):
    assert levels(told(trouble(*hits, by_person=by_person), BOTH)) == expected


def test_a_maintenance_of_one_customer_is_theirs_unless_others_feel_it():
    def components(*hits):
        found = planned(Window(key=1, public_id="x", start=NOON, end=NOON + HOUR, hits=hits), BOTH)
        return found and found.components

    assert components(hit(2, 1, "")) is None
    assert components(hit(2, 1, ""), hit(3, 2, "")) == ("web",)
    assert components(hit(1, 1, "")) == ("mail",)
    assert components() is None


def board(*troubles, windows=(), since=NOON - 10 * timedelta(1)):
    found = tuple(told(one, BOTH) for one in troubles)
    return Board(components=BOTH, troubles=found, windows=windows, since=since)


def test_a_component_is_as_its_worst_trouble():
    bad, mended = trouble(hit(2, 1), hit(3, 2)), trouble(hit(1, 1), stages=("investigating", "monitoring"))
    assert board().overall(at=NOON) == Level.UP
    assert board(mended).level("mail", at=NOON) == Level.DEGRADED
    assert board(bad, mended).level("web", at=NOON) == Level.OUTAGE
    assert board(bad, mended).overall(at=NOON) == Level.OUTAGE
    assert board(trouble(hit(1, 1), over_at=NOON + HOUR)).overall(at=NOON) == Level.UP
    assert board(trouble(hit(8, 1), by_person=True)).overall(at=NOON) == Level.DEGRADED


def test_a_maintenance_shows_while_it_lasts_and_hides_no_outage():
    window = Window(key=1, public_id="x", start=NOON, end=NOON + HOUR, hits=(hit(1, 1),))
    works = (Planned(window=window, components=("mail",)),)
    calm = board(windows=works)
    assert [calm.level("mail", at=NOON + step) for step in (-HOUR, HOUR * 0, HOUR)] == [
        Level.UP,
        Level.MAINTENANCE,
        Level.UP,
    ]
    assert calm.level("web", at=NOON) == Level.UP
    assert board(trouble(hit(9, 1)), windows=works).level("mail", at=NOON) == Level.OUTAGE


def test_the_past_has_ninety_days_and_says_what_it_does_not_know():
    days = past(board(), "web", at=NOON)
    assert len(days) == 90
    assert [day.known for day in days[-12:]] == [False, *[True] * 11]
    assert days[-1].start == NOON.replace(hour=0)
    assert not any(day.known for day in past(board(since=None), "web", at=NOON))


def test_a_trouble_over_midnight_is_of_both_days():
    began = NOON.replace(hour=23) - timedelta(1)
    days = past(board(trouble(hit(1, 1), began_at=began, over_at=began + 3 * HOUR)), "mail", at=NOON)
    assert [(day.level, day.lost) for day in days[-2:]] == [(Level.OUTAGE, HOUR), (Level.OUTAGE, 2 * HOUR)]
    assert (
        past(board(trouble(hit(1, 1), began_at=began, over_at=began + 3 * HOUR)), "web", at=NOON)[-1].lost == 0 * HOUR
    )


def test_two_troubles_at_once_are_counted_once():
    one, other = (trouble(hit(9, 1), began_at=NOON - 4 * HOUR, over_at=NOON - n * HOUR) for n in (1, 2))
    assert past(board(one, other), "mail", at=NOON)[-1].lost == 3 * HOUR


def test_what_lasts_is_counted_until_now_and_what_is_old_is_not_shown():
    lasting = trouble(hit(9, 1), began_at=NOON - HOUR)
    assert past(board(lasting), "mail", at=NOON)[-1].lost == HOUR
    old = trouble(hit(9, 1), began_at=NOON - 200 * timedelta(1), over_at=NOON - 199 * timedelta(1))
    assert all(day.level == Level.UP for day in past(board(old), "mail", at=NOON))


def test_what_began_before_the_bars_and_lasts_still_is_in_all_of_them():
    days = past(board(trouble(hit(9, 1), began_at=NOON - 120 * timedelta(1))), "mail", at=NOON)
    assert {day.level for day in days} == {Level.OUTAGE}


def test_a_board_that_says_the_same_is_equal():
    assert board(trouble(hit(1, 1))) == board(trouble(hit(1, 1)))
    assert isinstance(told(trouble(hit(9, 1)), BOTH), Told)
