"""What is already known of some servers, from the monitoring: the first thing a customer sees."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from astreinte.customers.models import Server
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring.models import Incident, Maintenance


@dataclass(frozen=True, kw_only=True)
class Known:
    """Incidents in progress, maintenance in progress, maintenance to come."""

    incidents: list[Incident]
    now: list[Maintenance]
    later: list[Maintenance]

    @property
    def is_nothing(self) -> bool:
        return not (self.incidents or self.now or self.later)

    def is_covered(self, covered: Collection[str]) -> bool:
        """Whether one of these incidents falls under these clauses: a ticket about it is then linked with it, and never billed."""
        return any(one.clause in covered for one in self.incidents)

    def shown(self) -> list[dict[str, Any]]:
        """What the consent will say was on the screen."""
        incidents = [{"incident": str(one.public_id), "since": one.opened_at.isoformat()} for one in self.incidents]
        windows = [{"maintenance": str(one.public_id), "until": one.end.isoformat()} for one in self.now]
        return [*incidents, *windows]


def on(servers: Iterable[Server], *, at: datetime) -> Known:
    """What is known of these servers at this instant."""
    servers = list(servers)
    windows = list(monitoring.maintenance_among(servers, at=at))
    return Known(
        incidents=list(monitoring.open_among(servers)),
        now=[one for one in windows if one.start <= at],
        later=[one for one in windows if one.start > at],
    )
