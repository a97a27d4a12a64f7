"""Signs of life of the workers: each writes its own row, doors and the auditor read them all."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from astreinte.core.models import Heartbeat

# Not a worker: when the clock was last moved back. The workers of one machine notice it within their tick.
CLOCK = "clock"
TOGETHER = timedelta(seconds=15)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def beat(worker: str, *, at: datetime, detail: dict[str, Any] | None = None) -> None:
    """This worker is alive and did its work at this instant."""
    with transaction.atomic():
        Heartbeat.objects.bulk_create(
            [Heartbeat(worker=worker, at=at, detail=detail or {})],
            update_conflicts=True,
            unique_fields=["worker"],
            update_fields=["at", "detail"],
        )


def ages(*, at: datetime) -> dict[str, float]:
    """How old the last sign of life of each known worker is, in seconds.

    One that comes from the future was written before the clock was moved back: it is as old as it is far, for it proves nothing.
    """
    rows = Heartbeat.objects.exclude(worker=CLOCK).values_list("worker", "at")
    return {worker: abs((at - last).total_seconds()) for worker, last in rows}


def last(worker: str) -> datetime | None:
    """The last sign of life of this worker, by the clock of then."""
    return Heartbeat.objects.filter(worker=worker).values_list("at", flat=True).first()


def first_to_notice(*, at: datetime) -> bool:
    """The clock was moved back: True for the first who says so. The others hear that it is being dealt with."""
    Heartbeat.objects.bulk_create([Heartbeat(worker=CLOCK, at=NEVER)], ignore_conflicts=True)
    together = (at - TOGETHER, at + TOGETHER)
    return bool(Heartbeat.objects.filter(worker=CLOCK).exclude(at__range=together).update(at=at))
