"""The verbs of readings: somebody waits for one, a prober takes it, what it heard is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from astreinte.core import wake
from astreinte.customers.models import Server
from astreinte.monitoring import readings
from astreinte.monitoring.models import Reading


def want_reading(server: Server, *, at: datetime) -> None:
    """Prometheus is asked about this server, at the prober's next turn."""
    reading, _made = Reading.objects.get_or_create(server=server)
    Reading.objects.filter(pk=reading.pk, due_at=None).update(due_at=at)
    wake.prober()


def claim_readings(*, at: datetime, limit: int) -> list[Reading]:
    """Take those that are waited for; another prober's are left alone, unless it has said nothing for too long."""
    return [one for one in readings.due(at=at, limit=limit) if _taken(one, at=at)]


def _taken(reading: Reading, *, at: datetime) -> bool:
    mine = Reading.objects.filter(pk=reading.pk, due_at=reading.due_at, claimed_at=reading.claimed_at)
    return bool(mine.update(claimed_at=at))


def keep_reading(
    key: int, *, facts: Sequence[dict[str, Any]], trouble: str, unanswered: Mapping[str, str], at: datetime
) -> None:
    """What was heard, or why nothing was, in place of what was known before."""
    Reading.objects.filter(pk=key).update(
        due_at=None,
        claimed_at=None,
        read_at=at,
        facts=list(facts),
        trouble=trouble[:20],
        unanswered=dict(unanswered),
    )
