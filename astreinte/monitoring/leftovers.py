"""What is kept for a while and then forgotten: results, sums of five minutes and of hours; what surrounds an incident stays."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from astreinte.core import rows
from astreinte.monitoring.models import Check, Incident, Result, Rollup
from astreinte.monitoring.rules import intervals
from astreinte.monitoring.rules.intervals import Interval
from astreinte.monitoring.rules.rollups import EPOCH, HOUR, MOMENT

# What each costs is measured in docs/operate/history.md; the sums of a day stay for ever.
RESULTS_KEPT = timedelta(hours=48)
SUMS_KEPT = {MOMENT: timedelta(days=8), HOUR: timedelta(days=90)}
# The evidence window: this much before and after an incident starts and ends stays for ever.
AROUND = timedelta(hours=1)
# Checks asked about by one statement; rows after which the rest waits for the next turn.
TOGETHER, AT_ONCE = 100, 50_000


def forget(*, at: datetime) -> int:
    """Delete what is past its time, so much at a time. Answers how many rows went."""
    checks, gone = list(Check.objects.order_by("pk").only("pk", "server")), 0
    for start in range(0, len(checks), TOGETHER):
        some = checks[start : start + TOGETHER]
        gone += _sums(some, at=at) + _results(some, before=at - RESULTS_KEPT)
        if gone >= AT_ONCE:
            break
    return gone


def _sums(checks: Sequence[Check], *, at: datetime) -> int:
    keys = [check.pk for check in checks]
    return sum(
        rows.delete(Rollup, {"of_check__in": keys, "span_s": span_s, "start__lt": at - kept})
        for span_s, kept in SUMS_KEPT.items()
    )


def _results(checks: Sequence[Check], *, before: datetime) -> int:
    evidence = _evidence(checks)
    quiet = [check.pk for check in checks if check.pk not in evidence]
    gone = rows.delete(Result, {"of_check__in": quiet, "at__lt": before})
    for check, windows in evidence.items():
        for gap in intervals.between(windows, start=EPOCH, end=before):
            gone += rows.delete(Result, {"of_check": check, "at__gte": gap.start, "at__lt": gap.end})
    return gone


def _evidence(checks: Sequence[Check]) -> dict[int, list[Interval]]:
    """What stays, by the key of the check: around its own incidents, and around those of its server that no check found."""
    asked = Q(of_check__in=checks) | Q(of_check=None, servers__in=[check.server_id for check in checks])
    told = Incident.objects.filter(asked).values_list("of_check", "servers", "opened_at", "started_at", "resolved_at")
    found: dict[int, list[Interval]] = defaultdict(list)
    beside: dict[int, list[int]] = defaultdict(list)
    for check in checks:
        beside[check.server_id].append(check.pk)
    for about, server, *instants in told:
        windows = [Interval(start=one - AROUND, end=one + AROUND) for one in instants if one]
        for key in [about] if about else beside[server]:
            found[key] += windows
    return found
