"""What is known of the past of a check: its days, its outages, its latency, its last results; and the availability of a server."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Min, Q, QuerySet, Sum

from astreinte.core import rows, timeline
from astreinte.core.models import TimelineEntry
from astreinte.customers.models import Server
from astreinte.monitoring.models import Check, Incident, Maintenance, Result, Rollup
from astreinte.monitoring.rules import intervals
from astreinte.monitoring.rules.intervals import NONE, Interval
from astreinte.monitoring.rules.rollups import DAY, MOMENT
from astreinte.monitoring.states import CheckState, IncidentState, MaintenanceState

DAYS = 90
PLOTTED = timedelta(hours=48)
UP, DOWN = "check:up", "check:down"
ONE_DAY = timedelta(1)


# A page has thousands of days and moments: these are tuples, for they are made three times as fast.
class Day(NamedTuple):
    """A day (UTC) of a check: its looks, those that failed, and how long it was down, planned maintenance left out."""

    day: date
    looks: int = 0
    failures: int = 0
    down: timedelta = NONE

    @property
    def state(self) -> str:
        """The day in one word."""
        if self.down:
            return "down"
        if self.failures:
            return "degraded"
        return "up" if self.looks else "unknown"


class Moment(NamedTuple):
    """The looks of five minutes added up; the milliseconds are of those that found it in order."""

    start: datetime
    looks: int
    failures: int
    ms_total: int
    ms_max: int

    @property
    def ms_mean(self) -> int | None:
        """How long a look took that found it in order; None when none did."""
        well = self.looks - self.failures
        return round(self.ms_total / well) if well else None


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A check that was down."""

    check: Check
    interval: Interval


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The availability of a server over a period, in percent, and the outages it comes from."""

    percent: Fraction
    down: timedelta
    outages: list[Outage]


def outages(checks: Collection[Check], *, start: datetime, end: datetime) -> dict[int, list[Interval]]:
    """When each of these checks was down between two instants, from its changes of state: by the key of the check."""
    turns: dict[str, list[tuple[datetime, bool]]] = defaultdict(list)
    told = _turns(check.story for check in checks)
    for story, kind, at in told.filter(at__gte=start).values_list("story", "kind", "at"):
        turns[story].append((at, kind == DOWN))
    first = _first_turns(turns)
    return {
        check.pk: intervals.outages(
            turns[check.story],
            began_down=_began_down(check, turns[check.story], first.get(check.story), start=start),
            start=start,
            end=_believed_until(check, end),
        )
        for check in checks
    }


def _turns(stories: Iterable[str]) -> QuerySet[TimelineEntry]:
    return timeline.of(*stories).filter(kind__in=[UP, DOWN])


def _first_turns(stories: Collection[str]) -> dict[str, datetime]:
    """When the first word was said about each of these checks; most of those of a page have not turned at all."""
    if not stories:
        return {}
    return dict(_turns(stories).order_by().values_list("story").annotate(first=Min("at")))


def _began_down(check: Check, turns: list[tuple[datetime, bool]], first: datetime | None, *, start: datetime) -> bool:
    """Whether it was down at `start`: what came up had been down, but for the first word about it."""
    if turns:
        return not turns[0][1] and first is not None and first < start
    return check.state == CheckState.DOWN and check.since is not None and check.since < start


def _believed_until(check: Check, end: datetime) -> datetime:
    """Of what is not watched any more nothing is known after its last look."""
    return end if check.is_watched or check.looked_at is None else min(end, check.looked_at)


def planned(servers: Iterable[Server], *, start: datetime, end: datetime) -> Mapping[int, list[Interval]]:
    """The maintenance of each of these servers that touches a period, by the key of the server."""
    if not rows.exists(Maintenance, {"state": MaintenanceState.PLANNED, "end__gt": start, "start__lt": end}):
        return {}
    touching = Maintenance.servers.through.objects.filter(
        server__in=[server.pk for server in servers],
        maintenance__in=Maintenance.objects.filter(end__gt=start, start__lt=end),
    )
    found: dict[int, list[Interval]] = defaultdict(list)
    for server, begins, ends in touching.values_list("server", "maintenance__start", "maintenance__end"):
        found[server].append(Interval(start=begins, end=ends))
    return found


def days(checks: Collection[Check], *, at: datetime) -> dict[int, list[Day]]:
    """The last ninety days of each of these checks, oldest first, today included: by the key of the check."""
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = today - (DAYS - 1) * ONE_DAY
    down = outages(checks, start=start, end=at)
    windows = planned({check.server for check in checks}, start=start, end=at)
    sums = _sums(checks, start=start)
    starts = [start + number * ONE_DAY for number in range(DAYS)]
    return {
        check.pk: _days(starts, sums[check.pk], intervals.without(down[check.pk], windows.get(check.server_id, [])))
        for check in checks
    }


def _sums(checks: Iterable[Check], *, start: datetime) -> Mapping[int, dict[datetime, tuple[int, int]]]:
    asked = Rollup.objects.filter(of_check__in=[check.pk for check in checks], span_s=DAY, start__gte=start)
    found: dict[int, dict[datetime, tuple[int, int]]] = defaultdict(dict)
    for check, begins, looks, failures in asked.values_list("of_check", "start", "looks", "failures"):
        found[check][begins] = looks, failures
    return found


def _days(starts: Iterable[datetime], sums: Mapping[datetime, tuple[int, int]], down: Iterable[Interval]) -> list[Day]:
    lost = intervals.by_day(down)
    return [Day(start.date(), *sums.get(start, (0, 0)), lost.get(start, NONE)) for start in starts]


def availability(server: Server, *, period: Interval, at: datetime) -> Measured:
    """What was measured of a server over a period: the union of what was down, planned maintenance left out."""
    checks = list(Check.objects.filter(server=server).order_by("pk"))
    end = min(period.end, at)
    windows = planned([server], start=period.start, end=end).get(server.pk, [])
    down = outages(checks, start=period.start, end=end)
    found = [
        Outage(check=check, interval=one) for check in checks for one in intervals.without(down[check.pk], windows)
    ]
    lost = [one.interval for one in found]
    return Measured(
        percent=intervals.availability(period=period, down=lost),
        down=intervals.total(lost),
        outages=sorted(found, key=lambda one: (one.interval, one.check.pk)),
    )


def looks_by_kind() -> dict[tuple[str, str], int]:
    """How many looks ever were made, by the kind of check and by what they saw (`up`, `down`)."""
    asked = Rollup.objects.filter(span_s=DAY).order_by().values_list("of_check__kind")
    found: dict[tuple[str, str], int] = {}
    for kind, looks, failures in asked.annotate(looks_in_all=Sum("looks"), failures_in_all=Sum("failures")):
        found |= {(kind, "up"): looks - failures, (kind, "down"): failures}
    return found


# -- one check -----------------------------------------------------------------------------------------------------------


def last_results(check: Check, *, limit: int) -> list[Result]:
    """What the last looks saw, newest first."""
    return list(Result.objects.filter(of_check=check).select_related("site").order_by("-at")[:limit])


def latency(check: Check, *, at: datetime) -> list[Moment]:
    """The last two days by five minutes, oldest first."""
    asked = Rollup.objects.filter(of_check=check, span_s=MOMENT, start__gt=at - PLOTTED).order_by("start")
    return [Moment(*row) for row in asked.values_list(*Moment._fields)]


def incidents_about(check: Check, *, limit: int) -> list[Incident]:
    """The last incidents about this check, newest first."""
    return list(Incident.objects.filter(of_check=check).order_by("-opened_at", "-pk")[:limit])


def incidents_on(servers: Iterable[Server], *, at: datetime) -> dict[int, list[Incident]]:
    """The incidents of the last ninety days on each of these servers, newest first: by the key of the server."""
    since = at - DAYS * ONE_DAY
    recent = Q(incident__state=IncidentState.OPEN) | Q(incident__resolved_at__gte=since)
    touching = Incident.servers.through.objects.filter(recent, server__in=[server.pk for server in servers])
    found: dict[int, list[Incident]] = defaultdict(list)
    for one in touching.select_related("incident__of_check").order_by("-incident__opened_at", "-incident"):
        found[one.server_id].append(one.incident)
    return found


# -- around a moment -----------------------------------------------------------------------------------------------------


def every_check(server: Server) -> list[Check]:
    """What is or was watched on a server, those that are still watched first."""
    checks = Check.objects.filter(server=server).select_related("server")
    return sorted(checks, key=lambda one: (not one.is_watched, one.kind, one.where, one.pk))


def results_between(check: Check, *, period: Interval, limit: int) -> list[Result]:
    """What the looks at a check saw in a period, oldest first: the last ones when there are more."""
    asked = Result.objects.filter(of_check=check, at__gte=period.start, at__lt=period.end)
    return list(asked.select_related("site").order_by("-at")[:limit])[::-1]


def count_between(check: Check, *, period: Interval) -> int:
    """How many there are."""
    return Result.objects.filter(of_check=check, at__gte=period.start, at__lt=period.end).count()


def incidents_between(server: Server, *, period: Interval) -> list[Incident]:
    """The incidents on a server that were in progress in a period, oldest first; what was only suspected is none."""
    touching = Q(resolved_at=None) | Q(resolved_at__gte=period.start)
    known = Incident.objects.filter(touching, servers=server, opened_at__lt=period.end)
    real = known.exclude(state=IncidentState.SUSPECTED).order_by("opened_at", "pk")
    return list(real.select_related("page__acknowledged_by", "parent__page__acknowledged_by"))
