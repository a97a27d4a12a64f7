"""The verbs of what is watched: write what a check saw; open, reopen, resolve an incident."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from astreinte.core import rows, timeline, wake
from astreinte.core.actors import SYSTEM, Actor
from astreinte.core.models import TimelineEntry
from astreinte.core.moves import move
from astreinte.customers.models import Server
from astreinte.monitoring.models import Check, Incident, Result, Rollup, Site
from astreinte.monitoring.rules import OURS, Seen, Tally, Turn, judge, rollups
from astreinte.monitoring.states import CHECK, MACHINE, IncidentState
from astreinte.paging.models import Page

# Rows written by one statement.
TOGETHER = 100
# The fields of each check, by its key.
Unmoved: TypeAlias = dict[int, dict[str, Any]]
SAYS = {"up": "check:up", "down": "check:down"}


def claim(checks: Sequence[Check], *, at: datetime) -> None:
    """Take these checks, which this transaction holds, for one look each. The next is an interval away, whoever makes it.

    A prober that was away does not catch up: the next look is in the future.
    """
    rows.update_each(Check, {check.pk: {"due_at": _next(check, at=at), "claimed_at": at} for check in checks})


def _next(check: Check, *, at: datetime) -> datetime:
    step = timedelta(seconds=check.interval_s)
    following = (check.due_at or at) + step
    return following if following > at else at + step


def let_go(*, before: datetime, at: datetime) -> int:
    """What was claimed before that and never reported is due now."""
    return rows.update(Check, {"claimed_at__lt": before, "due_at__gt": at}, {"due_at": at, "claimed_at": None})


def look_at(server: Server, *, at: datetime) -> None:
    """Everything that is watched on this server is looked at again, now."""
    Check.objects.filter(server=server, due_at__gt=at).update(due_at=at)
    wake.prober()


def unmoved(looks: Unmoved) -> None:
    """Write together what the last looks saw that moved nothing."""
    rows.update_each(Check, looks)


def record(check: Check, seen: Seen, *, looks: Unmoved) -> Turn:
    """Move the check's state when enough in a row say so; what moves nothing is left in `looks`. Answers what turned."""
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
        "claimed_at": None,
    }
    if turn is Turn.NOTHING:
        looks[check.pk] = fields
        check.against = told.against  # the next result of the same batch counts on
        return turn
    looks.pop(check.pk, None)  # this look is newer, and written with what it moves
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


def keep(found: Sequence[Seen], *, site: Site | None = None) -> None:
    """Keep what was seen: each result for two days, and its part of five minutes, an hour and a day."""
    results = [
        Result(
            of_check_id=seen.check,
            at=seen.at,
            up=seen.up,
            took_ms=seen.took_ms,
            saw=seen.saw[:200],
            error=seen.error[:20],
            site=site,
        )
        for seen in found
    ]
    for start in range(0, len(results), TOGETHER):
        rows.insert_new(results[start : start + TOGETHER])
    sums = [
        Rollup(of_check_id=check, span_s=span_s, start=begins, **vars(one))
        for (check, span_s, begins), one in sorted(rollups.added(found).items())
    ]
    for start in range(0, len(sums), TOGETHER):
        rows.add_up(sums[start : start + TOGETHER], most=("ms_max",))


@dataclass(frozen=True, kw_only=True)
class Anomaly:
    """What an incident is about: the server it is on, the clause it falls under, what was seen; the check, when one of ours saw it."""

    title: str
    saw: str
    server: Server | None
    clause: str
    check: Check | None = None


def open_incident(what: Anomaly, *, page: Page | None, at: datetime, parent: Incident | None = None) -> Incident:
    """Something fails, and monitoring is sure of it. With a `parent` that one's page rings for it."""
    return _open([what], page=page, parent=parent, at=at)[0]


def open_parts(anomalies: Sequence[Anomaly], *, parent: Incident, at: datetime) -> list[Incident]:
    """Many things fail in one breath: each is an incident, a part of the one that rings for all; written together."""
    return _open(anomalies, page=None, parent=parent, at=at) if anomalies else []


def _open(anomalies: Sequence[Anomaly], *, page: Page | None, parent: Incident | None, at: datetime) -> list[Incident]:
    found = [_incident(what, page=page, parent=parent, at=at) for what in anomalies]
    rows.insert_all(found)
    through = Incident.servers.through
    both = list(zip(found, anomalies, strict=True))
    rows.insert_all([through(incident_id=one.pk, server_id=what.server.pk) for one, what in both if what.server])
    timeline.record_all([line for one, what in both for line in _opened(one, what, parent=parent, at=at)])
    return found


def _incident(what: Anomaly, *, page: Page | None, parent: Incident | None, at: datetime) -> Incident:
    known = {"of_check": what.check, "page": page, "parent": parent}
    return Incident(title=what.title[:300], clause=what.clause, opened_at=at, started_at=at, **known)


def _opened(incident: Incident, what: Anomaly, *, parent: Incident | None, at: datetime) -> Iterator[TimelineEntry]:
    said = {"saw": what.saw, **({"part_of": parent.pk} if parent else {})}
    yield timeline.line(incident, "incident:opened", at=at, by=SYSTEM, story=incident.story, **said)
    if parent:
        yield timeline.line(parent, "incident:spread", at=at, by=SYSTEM, story=parent.story, title=incident.title)


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


def suspect(*, title: str, since: datetime, at: datetime) -> Incident:
    """Several customers tell us of trouble at once. It covers nothing, and rings nobody, until a person confirms it."""
    incident = Incident.objects.create(
        state=IncidentState.SUSPECTED, title=title[:300], opened_at=since, started_at=since
    )
    timeline.record(incident, "incident:suspected", at=at, by=SYSTEM, story=incident.story)
    return incident


def concern(incident: Incident, server: Server) -> None:
    """This server is in it too."""
    incident.servers.add(server)


def confirm(incident: Incident, *, clause: str, by: Actor, at: datetime) -> Incident:
    """What was suspected is one trouble, and ours."""
    return move(
        incident,
        MACHINE,
        to=IncidentState.OPEN,
        kind="incident:confirmed",
        at=at,
        by=by,
        story=incident.story,
        data={"clause": clause},
        clause=clause,
    )


def resolve(incident: Incident, *, by: Actor, at: datetime) -> Incident:
    """It is over: what was down is up, or a person says so."""
    return _over(incident, kind="incident:resolved", by=by, at=at)


def dismiss(incident: Incident, *, by: Actor, at: datetime) -> Incident:
    """What was suspected never was one: it is in the history of no server."""
    over = _over(incident, kind="incident:dismissed", by=by, at=at)
    incident.servers.clear()
    return over


def _over(incident: Incident, *, kind: str, by: Actor, at: datetime) -> Incident:
    return move(
        incident, MACHINE, to=IncidentState.RESOLVED, kind=kind, at=at, by=by, story=incident.story, resolved_at=at
    )
