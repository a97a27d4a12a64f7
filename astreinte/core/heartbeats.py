"""Signs of life of the workers: each writes its own row, doors and the auditor read them all."""

from datetime import datetime
from typing import Any

from django.db import transaction

from astreinte.core.models import Heartbeat


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
    """How old the last sign of life of each known worker is, in seconds; never negative."""
    return {
        worker: max(0.0, (at - last).total_seconds()) for worker, last in Heartbeat.objects.values_list("worker", "at")
    }
