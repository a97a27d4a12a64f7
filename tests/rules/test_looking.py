"""A diagnosis is over once all that it waits for has answered since it began, and after its patience in any case."""

from datetime import UTC, datetime, timedelta

import pytest

from astreinte.tickets.rules.looking import PATIENCE, is_over

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
BEFORE, SINCE = NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("answers", "asked", "expected"),
    [
        ([], False, True),
        ([SINCE, NOON], False, True),
        ([SINCE, BEFORE], False, False),  # what was seen before it began says nothing of now
        ([SINCE, None], False, False),
        ([SINCE], True, False),
    ],
)
def test_everything_has_answered(answers, asked, expected):
    assert is_over(started_at=NOON, answers=answers, asked=asked, at=NOON + timedelta(seconds=2)) is expected
    assert is_over(started_at=NOON, answers=answers, asked=asked, at=NOON + PATIENCE)
