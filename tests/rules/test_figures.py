"""What verdicts come to in figures, and what of that may be published."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as some

from astreinte.tickets.rules import figures as rules
from astreinte.tickets.rules.figures import Past, Row, figures, parts, published, record, share

COUNTS = some.lists(some.integers(0, 60), min_size=1, max_size=8)


def row(many=1, **said):
    known = {
        "clause": "customer-app",
        "coverage": "excluded",
        "state": "given",
        "symptom": "mail",
        "forecast": "excluded",
        "advised": "excluded",
        "dispute": "",
    }
    return Row(**{**known, **said}, many=many, cents=9500 * many)


def test_a_verdict_that_was_overturned_is_covered_and_bills_nothing():
    found = figures([row(7), row(2, state="overturned", dispute="upheld")])
    assert (found.whole.many, found.whole.covered, found.whole.billed, found.cents) == (9, 2, 7, 66500)
    assert (found.disputes, found.won, found.lost, found.waiting) == (2, 2, 0, 0)
    assert next(one for one in found.forecasts if one.key == "excluded").right == 7


def test_each_forecast_is_held_against_what_it_came_to():
    covered = {"coverage": "covered", "clause": "service-down"}
    found = figures(
        [
            row(5, forecast="covered", **covered),
            row(1, forecast="covered", advised="covered"),
            row(3, forecast="undetermined", coverage="undetermined", clause="undetermined"),
            row(4, forecast=""),
        ]
    )
    assert {one.key: (one.right, one.many) for one in found.forecasts} == {
        "covered": (5, 6),
        "excluded": (0, 0),
        "undetermined": (3, 3),
    }
    assert (found.against_advice, found.without_forecast) == (1, 4)


def test_clauses_and_symptoms_the_most_frequent_first():
    found = figures([row(1, clause="misuse"), row(4, symptom="slow", dispute="open")])
    assert [(one.key, one.many, one.contested) for one in found.clauses] == [("customer-app", 4, 4), ("misuse", 1, 0)]
    assert [one.key for one in found.symptoms] == ["slow", "mail"]
    assert found.waiting == 4


def test_nothing_decided_is_all_zeros():
    found = figures([])
    assert (found.whole.many, found.cents, found.clauses) == (0, 0, ())
    assert published(found).whole is None


@pytest.mark.parametrize(
    ("past", "told"),
    [
        ([("high", "covered", 9)], ("", 9, 9, False)),
        ([("high", "covered", 9), ("low", "excluded", 1)], ("", 10, 9, True)),
        ([("high", "covered", 10), ("low", "excluded", 30)], ("high", 10, 10, True)),
        ([], ("", 0, 0, False)),
    ],
)
def test_those_as_sure_are_counted_when_they_are_enough(past, told):
    known = [Past(confidence=sure, final=final, many=many) for sure, final, many in past]
    found = record("covered", "high", known)
    assert (found.confidence, found.many, found.right, found.is_enough) == told


def test_an_advice_that_cannot_say_was_right_when_nothing_was_billed():
    known = [Past(confidence="low", final=final, many=6) for final in ("covered", "excluded", "undetermined")]
    assert record("undetermined", "low", known).right == 12


@pytest.mark.parametrize(("part", "whole"), [(4, 44), (41, 44), (0, 44), (3, 4), (44, 44)])
def test_a_part_or_a_rest_of_a_few_is_not_published(part, whole):
    assert share(part, whole).part is None


def test_a_part_of_many_is():
    assert (share(30, 44).part, share(30, 44).percent) == (30, 68)


@given(COUNTS)
def test_what_is_published_is_of_many(counts):
    shown = parts((str(n), many) for n, many in enumerate(counts))
    assert all(many is None or many >= rules.FEW for _key, many in shown)


@given(COUNTS)
def test_what_is_hidden_cannot_be_worked_out_to_a_few(counts):
    """The sum is known: what is left of it, for those that are hidden together, is of many people too, or all is hidden."""
    shown = dict(parts((str(n), many) for n, many in enumerate(counts)))
    hidden = [many for n, many in enumerate(counts) if shown[str(n)] is None]
    assert not hidden or sum(hidden) >= rules.FEW or len(hidden) == len(counts)


def numbers(found: object) -> Iterator[int]:
    """Every number that is published, wherever it is."""
    if isinstance(found, int):
        yield found
    elif isinstance(found, rules.Published | rules.Share):
        for one in vars(found).values():
            yield from numbers(one)
    elif isinstance(found, tuple):
        for one in found:
            yield from numbers(one)


SAID = {
    "clause": some.sampled_from(["service-down", "host-down", "customer-app", "misuse"]),
    "symptom": some.sampled_from(["mail", "slow", "other"]),
    "state": some.sampled_from(["given", "overturned"]),
    "forecast": some.sampled_from(["covered", "excluded", ""]),
    "dispute": some.sampled_from(["", "open", "upheld", "dismissed"]),
    "coverage": some.sampled_from(["covered", "excluded", "undetermined"]),
    "many": some.integers(1, 20),
}


@given(some.lists(some.fixed_dictionaries(SAID), max_size=12))
def test_no_published_number_is_below_five(rows):
    assert all(one >= rules.FEW for one in numbers(published(figures(row(**said) for said in rows))))
