"""While somebody looks at a server, the provider's Prometheus is asked what it measures there: evidence, beside our own looks."""

from datetime import datetime

from astreinte.core.transactions import all_or_nothing
from astreinte.customers.models import Server
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring.models import Reading
from astreinte.tickets import measures
from astreinte.tickets.asking import Told


def wanted(server: Server, *, at: datetime) -> None:
    """Ask about this server now, where the provider has a Prometheus."""
    if measures.are_read():
        monitoring.want_reading(server, at=at)


def claimed(*, at: datetime, limit: int) -> list[Reading]:
    """What this prober asks now; nobody else does meanwhile. No transaction: each is won or lost by itself."""
    return monitoring.claim_readings(at=at, limit=limit)


@all_or_nothing
def heard(key: int, told: Told, *, at: datetime) -> None:
    """Keep what Prometheus said of a server."""
    monitoring.keep_reading(key, facts=told.facts, trouble=told.trouble, unanswered=told.unanswered, at=at)
