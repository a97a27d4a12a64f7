"""The verbs of what is watched: write what a check saw or a source said; open, reopen, resolve an incident."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from astreinte.core import rows, timeline
from astreinte.core.actors import SYSTEM, Actor
from astreinte.core.moves import move
from astreinte.customers.models import Server
from astreinte.monitoring.alertmanager import Heard
from astreinte.monitoring.models import Alert, AlertSource, Check, Incident, Result, Rollup, Site
from astreinte.monitoring.rules import OURS, Seen, Tally, Turn, judge, rollups
from astreinte.monitoring.sources import MOST, WITHIN_S
from astreinte.monitoring.states import CHECK, MACHINE, IncidentState
from astreinte.paging.models import Page

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
    mine = {"pk": check.pk, "due_at": check.due_at}
    return bool(rows.update(Check, mine, {"due_at": following, "claimed_at": at}))


def let_go(*, before: datetime, at: datetime) -> int:
    """What was claimed before that and never reported is due now."""
    return rows.update(Check, {"claimed_at__lt": before, "due_at__gt": at}, {"due_at": at, "claimed_at": None})


def look_at(server: Server, *, at: datetime) -> None:
    """Everything that is watched on this server is looked at again, at the prober's next turn."""
    Check.objects.filter(server=server, due_at__gt=at).update(due_at=at)


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
        "claimed_at": None,
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
        Rollup(of_check_id=check, span_s=span_s, start=begins, **asdict(one))
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
    known = {"of_check": what.check, "page": page, "parent": parent}
    incident = rows.insert(Incident(title=what.title[:300], clause=what.clause, opened_at=at, started_at=at, **known))
    if what.server:
        rows.insert(Incident.servers.through(incident_id=incident.pk, server_id=what.server.pk))
    said = {"saw": what.saw, **({"part_of": parent.pk} if parent else {})}
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


# -- other people's monitoring -------------------------------------------------------------------------------------------


def let_in(source: AlertSource, *, at: datetime) -> int:
    """Count one request of this source. Answers for how many seconds it must wait: 0, unless there were too many.

    Counted in its row, for all the processes that take requests at once.
    """
    mine = AlertSource.objects.filter(pk=source.pk)
    begins = at - timedelta(seconds=WITHIN_S)
    another = Q(window_at=None) | Q(window_at__lte=begins) | Q(window_at__gt=at)  # the clock may have been moved back
    if mine.filter(another).update(window_at=at, window_count=1):
        return 0
    if mine.filter(window_count__lt=MOST).update(window_count=F("window_count") + 1):
        return 0
    mine.update(refused_at=at)
    source.refresh_from_db(fields=["window_at"])
    return max(1, WITHIN_S - int((at - (source.window_at or at)).total_seconds()))


def hear(source: AlertSource, *, at: datetime, due_at: datetime | None = None) -> None:
    """The source is alive. Its row stays ours until this transaction ends: what it says is taken in one thing after the other."""
    AlertSource.objects.filter(pk=source.pk).update(heard_at=at, due_at=due_at)


def began(source: AlertSource, *, at: datetime) -> None:
    """The job behind a heartbeat starts; it is heard once it is done."""
    AlertSource.objects.filter(pk=source.pk).update(began_at=at)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A new alert, where it is, and its incident; without one, a maintenance explains it."""

    heard: Heard
    server: Server | None
    incident: Incident | None


def fire(source: AlertSource, told: Sequence[Told], *, at: datetime) -> None:
    """Keep these new alerts."""
    if any(one.server for one in told):
        AlertSource.objects.filter(pk=source.pk).update(matched_at=at)
    Alert.objects.bulk_create([_alert(source, one, at=at) for one in told], batch_size=500)


def _alert(source: AlertSource, told: Told, *, at: datetime) -> Alert:
    heard = told.heard
    return Alert(
        source=source,
        fingerprint=heard.fingerprint,
        name=heard.name,
        title=heard.title,
        labels=dict(heard.labels),
        server=told.server,
        incident=told.incident,
        first_at=at,
        last_at=at,
    )


def fires_still(alerts: Sequence[Alert], *, at: datetime) -> None:
    """The source says these again: nothing new."""
    if alerts:
        known = Alert.objects.filter(pk__in=[one.pk for one in alerts])
        known.update(times=F("times") + 1, last_at=at)


def explain(alert: Alert, incident: Incident) -> None:
    """The maintenance is over, and this alert still fires: it has its incident."""
    Alert.objects.filter(pk=alert.pk).update(incident=incident)


def silence(alerts: Sequence[Alert], *, at: datetime) -> None:
    """The source takes these back."""
    if alerts:
        known = Alert.objects.filter(pk__in=[one.pk for one in alerts], firing=True)
        known.update(firing=False, last_at=at, resolved_at=at)


def silence_all(incident: Incident, *, at: datetime) -> None:
    """A person says that the incident is over: an alert of it that is said again is new."""
    incident.alerts.filter(firing=True).update(firing=False, resolved_at=at)
