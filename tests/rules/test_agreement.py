"""What several places see, as one state: tables and properties."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astreinte.monitoring.rules import agreement

AT = datetime(2026, 11, 1, tzinfo=UTC)
states = st.sampled_from(["unknown", "up", "down"])
votes = st.lists(states, max_size=7)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (["down"], "down"),
        (["down", "up"], "up"),
        (["down", "down"], "down"),
        (["down", "down", "up"], "down"),
        (["down", "up", "up"], "up"),
        (["down", "down", "up", "up"], "up"),
        (["down", "unknown", "unknown"], "down"),
        (["unknown"], "unknown"),
        ([], "unknown"),
    ],
)
def test_down_needs_more_than_half_of_those_who_have_an_opinion(said, state):
    assert agreement.agreed("unknown", said) == state


@given(states, votes, st.randoms())
def test_who_speaks_first_changes_nothing(believed, said, random):
    mixed = list(said)
    random.shuffle(mixed)
    assert agreement.agreed(believed, mixed) == agreement.agreed(believed, said)


@given(states, votes)
def test_who_has_no_opinion_does_not_count(believed, said):
    assert agreement.agreed(believed, said) == agreement.agreed(believed, [one for one in said if one != "unknown"])


@given(states, votes)
def test_one_more_who_sees_it_down_never_brings_it_up(believed, said):
    if agreement.agreed(believed, said) == "down":
        assert agreement.agreed(believed, [*said, "down"]) == "down"


@given(states, votes)
def test_down_is_said_by_most_or_was_believed_and_nobody_says_otherwise(believed, said):
    ups, downs = said.count("up"), said.count("down")
    found = agreement.agreed(believed, said)
    assert found == ("down" if downs > ups else "up" if ups + downs else believed)


@pytest.mark.parametrize(
    ("age_s", "heard", "blind", "says"),
    [
        (0, True, False, True),
        (240, True, False, True),
        (241, True, False, False),
        (0, False, False, False),
        (0, True, True, False),
        (None, True, False, False),
    ],
)
def test_who_may_say(age_s, heard, blind, says):
    looked_at = None if age_s is None else AT - timedelta(seconds=age_s)
    assert agreement.may_say(looked_at=looked_at, interval_s=60, is_heard=heard, is_blind=blind, at=AT) is says


def test_a_cut_of_a_few_seconds_is_no_blindness():
    assert not agreement.is_blind(None, at=AT)
    assert not agreement.is_blind(AT - timedelta(seconds=14), at=AT)
    assert agreement.is_blind(AT - timedelta(seconds=15), at=AT)


def test_what_is_told_after_two_minutes_is_history():
    assert not agreement.is_late(AT - timedelta(minutes=2), at=AT)
    assert agreement.is_late(AT - timedelta(minutes=2, seconds=1), at=AT)
