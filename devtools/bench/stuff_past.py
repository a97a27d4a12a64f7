"""A thousand checks and years of what they saw, written by the database itself: Python would need minutes."""

from datetime import datetime, timedelta
from typing import Any

from devtools.bench.stuff_watched import servers

PER_SERVER = 10
CLIENT_SERVER = "web1.boulangerie.example"
# length in seconds of what is added up, and for how many days it is kept (monitoring/leftovers.py); days are kept for ever
DAY = 86_400
KEPT_DAYS = {300: 8, 3600: 90, DAY: 365}
FILL = """
INSERT INTO monitoring_rollup (of_check_id, span_s, start, looks, failures, ms_total, ms_max)
WITH RECURSIVE spans(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM spans WHERE number < %(count)s - 1)
SELECT monitoring_check.id, %(span)s, %(start)s + number * %(span)s, 5, CASE WHEN number %% 97 = 0 THEN 1 ELSE 0 END, 200, 90
FROM monitoring_check, spans WHERE monitoring_check.due_at > %(far)s
ON CONFLICT DO NOTHING
"""


def past(*, checks: int, years: int) -> dict[str, Any]:
    """So many checks, with so many years behind them; nobody looks at them. The public ids to open pages with."""
    from astreinte.core import clock
    from astreinte.monitoring.models import Check
    from devtools.bench.stuff import analyse

    now = clock.now()
    far = now + timedelta(days=300)
    _checks(checks, due_at=far + timedelta(days=1))
    for span_s, days in KEPT_DAYS.items():
        _fill(span_s, days=days * years if span_s == DAY else days, now=now, far=far)
    analyse()
    one = Check.objects.filter(server__name=CLIENT_SERVER, due_at__gt=far).earliest("pk")
    return {"check": str(one.public_id), "rows": _rows()}


def _checks(count: int, *, due_at: datetime) -> None:
    from astreinte.customers.models import Server
    from astreinte.monitoring.models import Check

    missing = count - Check.objects.filter(due_at__gte=due_at - timedelta(hours=1)).count()
    if missing <= 0:
        return
    watched = [Server.objects.get(name=CLIENT_SERVER), *servers(count // PER_SERVER - 1, first=5000)]
    words = {"kind": "http", "interval_s": 60, "down_after": 3, "up_after": 1, "state": "up", "since": due_at}
    Check.objects.bulk_create(
        Check(server=watched[n % len(watched)], where=f"https://site{n}.example/", due_at=due_at, **words)
        for n in range(missing)
    )


def _fill(span_s: int, *, days: int, now: datetime, far: datetime) -> None:
    from django.db import connection

    last = int(now.timestamp()) // span_s * span_s
    count = days * DAY // span_s
    said: dict[str, Any] = {"count": count, "span": span_s, "start": last - count * span_s, "far": far}
    with connection.cursor() as cursor:
        cursor.execute(FILL, said)


def _rows() -> int:
    from astreinte.monitoring.models import Rollup

    return Rollup.objects.count()
