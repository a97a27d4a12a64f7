"""When a heartbeat is late. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError


def due(
    *,
    last: datetime,
    every_s: int | None,
    cron: str,
    grace_s: int,
    zone: str,
    newest_at: datetime | None = None,
    younger_than_s: int | None = None,
) -> datetime | None:
    """Until when a heartbeat heard at `last` may stay silent; None when its schedule never comes again (the 30th of February).

    A cron expression is read in the provider's own time, summer and winter. One that brings the listing of a backup is also due
    by the time the newest copy it named is too old, whatever its schedule.
    """
    following = last + timedelta(seconds=every_s) if every_s else _next(cron, last=last, zone=zone)
    late = following + timedelta(seconds=grace_s) if following else None
    old = newest_at + timedelta(seconds=younger_than_s) if newest_at and younger_than_s else None
    return min((one for one in (late, old) if one), default=None)


def _next(cron: str, *, last: datetime, zone: str) -> datetime | None:
    try:
        found = next(CronSim(cron, last.astimezone(ZoneInfo(zone))), None)
    except CronSimError:
        return None
    return found.astimezone(UTC) if found else None  # a local time plus an hour is not always an hour later
