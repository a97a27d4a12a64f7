"""`GET /availability`: what was measured of a server over a month, and the outages it comes from."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from astreinte.core import timeline
from astreinte.core.actors import SYSTEM
from astreinte.monitoring.models import Check
from tests.doors.programs import Program, refused

pytestmark = pytest.mark.django_db
# In Paris a month that begins at 22:00 UTC, and has an hour more.
OCTOBER = datetime(2025, 9, 30, 22, tzinfo=UTC)


@pytest.fixture
def measured(world):
    """A check that was down for ten minutes from the month before on, and for twenty later."""
    world.check = world.watches()
    for minutes, kind in ((-60, "up"), (-5, "down"), (5, "up"), (600, "down"), (620, "up")):
        timeline.record(
            world.check, f"check:{kind}", at=OCTOBER + timedelta(minutes=minutes), by=SYSTEM, story=world.check.story
        )
    Check.objects.filter(pk=world.check.pk).update(state="up", since=OCTOBER + timedelta(minutes=620))
    return world


def asked(program, month="2025-10", server="web1.boulangerie.example"):
    return program.get("/availability", server=server, month=month)


def test_a_month_in_the_zone_of_the_provider(measured):
    answer = asked(Program(measured, measured.jeanne))
    assert answer.status_code == 200
    assert answer.json() == {
        "server": "web1.boulangerie.example",
        "month": "2025-10",
        "availability": "99.9440",  # 25 of 44,700 minutes
        "downtime_s": 25 * 60,
        "intervals": [
            {"start": "2025-09-30T22:00:00Z", "end": "2025-09-30T22:05:00Z", "check": str(measured.check.public_id)},
            {"start": "2025-10-01T08:00:00Z", "end": "2025-10-01T08:20:00Z", "check": str(measured.check.public_id)},
        ],
        "target": "99.9",
    }
    september = asked(Program(measured, measured.karim), "2025-09").json()
    assert (september["downtime_s"], september["availability"]) == (300, "99.9884")


def test_a_month_without_an_outage_is_whole(measured):
    found = asked(Program(measured, measured.jeanne), "2025-11").json()
    assert (found["availability"], found["downtime_s"], found["intervals"]) == ("100.0000", 0, [])


def test_a_server_of_somebody_else_does_not_exist(measured):
    for person in (measured.lea, measured.max, measured.berthe):
        assert refused(asked(Program(measured, person))) == (404, "not-found")
    assert asked(Program(measured, measured.chloe)).status_code == 200


@pytest.mark.parametrize(
    "month", ["", "2025", "2025-13", "2025-1", "2025-00", "octobre", "2025-10-01", "2099-01", "²025-10"]
)
def test_a_month_that_is_none_or_has_not_begun_is_refused(measured, month):
    answer = asked(Program(measured, measured.jeanne), month)
    assert refused(answer) == (422, "validation")
    assert [one["field"] for one in answer.json()["errors"]] == ["month"]


def test_sixty_checks_ask_as_many_questions_as_three(measured):
    program, counts = Program(measured, measured.jeanne), []
    for number in (2, 57):
        for position in range(number):
            Check.objects.create(
                server=measured.web1, kind="ping", where=f"{number}-{position}", interval_s=60, down_after=3, up_after=2,
                due_at=measured.now,
            )  # fmt: skip
        asked(program)
        with CaptureQueriesContext(connection) as questions:
            asked(program)
        counts.append(len(questions))
    assert counts[0] == counts[1]
