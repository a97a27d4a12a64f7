"""The verbs of what is watched: look at a check, write what was seen; open, reopen, resolve an incident."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from astreinte.core import rows, timeline
from astreinte.core.actors import SYSTEM, Actor
from astreinte.core.moves import move
from astreinte.monitoring.models import Check, Incident, Result, Rollup
from astreinte.monitoring.rules import OURS, Seen, Tally, Turn, judge, rollups
from astreinte.monitoring.states import CHECK, MACHINE, IncidentState
from astreinte.paging.models import Page

CLAUSE = "service-down"
# Rows written by one statement.
TOGETHER = 100
SAYS = {"up": "check:up", "down": "check:down"}


def claim(checks: Sequence[Check], *, at: datetime) -> list[Check]:
    """Take these checks for one look each; the others' are left out. The next look is an interval away, whoever makes it.

    A prober that was away does not catch up: the next look is in the future.
    """
    return [check for check in checks if _moved_on(check, at=at)]


def _moved_on(check: Check, *, at: datetime) -> bool:
    step = timedelta(seconds=check.interval_s)
    due = check.due_at or at
    following = due + step if due + step > at else at + step
    return bool(rows.update(Check, {"pk": check.pk, "due_at": check.due_at}, {"due_at": following}))


def record(check: Check, seen: Seen) -> Turn:
    """Write one result, and move the check's state when enough in a row say so. Answers what turned."""
    before = Tally(state=check.state, against=check.against)
    told, turn = (
        (before, Turn.NOTHING)
        if seen.error in OURS
        else judge(before, up=seen.up, down_after=check.down_after, up_after=check.up_after)
    )
    fields: dict[str, Any] = {
        "against": told.against,
        "looked_at": seen.at,
        "took_ms": seen.took_ms,
        "saw": seen.saw[:200],
        "error": seen.error[:20],
    }
    if turn is Turn.NOTHING:
        rows.update(Check, {"pk": check.pk}, fields)
        check.against = told.against  # the next result of the same batch counts on
        return turn
    move(
        check,
        CHECK,
        to=told.state,
        kind=SAYS[told.state],
        at=seen.at,
        by=SYSTEM,
        story=check.story,
        data={"saw": fields["saw"], "error": fields["error"]},
        since=seen.at,
        **fields,
    )
    return turn


def keep(found: Sequence[Seen]) -> None:
    """Keep what was seen: each result for two days, and its part of five minutes, an hour and a day."""
    results = [
        Result(
            of_check_id=seen.check,
            at=seen.at,
            up=seen.up,
            took_ms=seen.took_ms,
            saw=seen.saw[:200],
            error=seen.error[:20],
        )
        for seen in found
    ]
    for start in range(0, len(results), TOGETHER):
        rows.insert_new(results[start : start + TOGETHER])
    sums = [
        Rollup(of_check_id=check, span_s=span_s, start=begins, **asdict(one))
        for (check, span_s, begins), one in sorted(rollups.added(found).items())
    ]
    for start in range(0, len(sums), TOGETHER):
        rows.add_up(sums[start : start + TOGETHER], most=("ms_max",))


def open_incident(
    check: Check, *, title: str, page: Page | None, at: datetime, parent: Incident | None = None
) -> Incident:
    """A service of a server is down, and enough looks in a row say so. With a `parent` that one's page rings for it."""
    incident = Incident.objects.create(
        title=title[:300], clause=CLAUSE, of_check=check, page=page, parent=parent, opened_at=at, started_at=at
    )
    incident.servers.add(check.server_id)
    said = {"saw": check.saw, **({"part_of": parent.pk} if parent else {})}
    timeline.record(incident, "incident:opened", at=at, by=SYSTEM, story=incident.story, **said)
    if parent:
        timeline.record(parent, "incident:spread", at=at, by=SYSTEM, story=parent.story, title=incident.title)
    return incident


def reopen(incident: Incident, *, page: Page | None, at: datetime, parent: Incident | None = None) -> Incident:
    """It came back within half an hour: the same incident. Without a page nobody is called for it: it comes and goes too often.

    With a `parent` that one's page rings for it.
    """
    again: dict[str, Any] = {"page": page} if page else {}
    return move(
        incident,
        MACHINE,
        to=IncidentState.OPEN,
        kind="incident:reopened",
        at=at,
        by=SYSTEM,
        story=incident.story,
        data={"rings": page is not None},
        times=incident.times + 1,
        started_at=at,
        resolved_at=None,
        parent=parent,
        **again,
    )


def attach_page(incident: Incident, page: Page, *, at: datetime) -> None:
    """It stays: it rings after all."""
    Incident.objects.filter(pk=incident.pk).update(page=page, parent=None)
    incident.page, incident.parent = page, None
    timeline.record(incident, "incident:rings", at=at, by=SYSTEM, story=incident.story)


def resolve(incident: Incident, *, by: Actor, at: datetime) -> Incident:
    """It is over: what was down is up, or a person says so."""
    return move(
        incident,
        MACHINE,
        to=IncidentState.RESOLVED,
        kind="incident:resolved",
        at=at,
        by=by,
        story=incident.story,
        resolved_at=at,
    )
