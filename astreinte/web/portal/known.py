"""What is already known of some servers, from the monitoring: the first thing a customer sees."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from astreinte.accounts.models import User
from astreinte.customers.models import Server
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring import said
from astreinte.monitoring.models import Incident, Maintenance
from astreinte.web import said_words


@dataclass(frozen=True, kw_only=True)
class Told:
    """An incident in progress, the last word said about it in public, and whether the reader follows it."""

    incident: Incident
    word: said_words.Word | None
    is_followed: bool


@dataclass(frozen=True, kw_only=True)
class Known:
    """Incidents in progress, those that are not told for being too many, maintenance in progress, maintenance to come."""

    told: list[Told]
    now: list[Maintenance]
    later: list[Maintenance]
    more: int = 0

    @property
    def incidents(self) -> list[Incident]:
        """The incidents alone."""
        return [one.incident for one in self.told]

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


def told(incidents: Iterable[Incident], *, reader: User) -> list[Told]:
    """What was said about each, and whether this person follows it; asked at once."""
    incidents = list(incidents)
    if not incidents:  # as on most days
        return []
    last, followed = said.last_about(incidents), said.followed(incidents, by=reader)
    return [
        Told(
            incident=one,
            word=said_words.word(last[one.pk]) if one.pk in last else None,
            is_followed=one.pk in followed,
        )
        for one in incidents
    ]


def on(servers: Iterable[Server], *, reader: User, at: datetime, most: int | None = None) -> Known:
    """What is known of these servers at this instant; no more than so many incidents, the oldest, where they are counted."""
    servers = list(servers)
    windows = list(monitoring.maintenance_among(servers, at=at))
    incidents = monitoring.open_among(servers)
    first = list(incidents[:most])
    return Known(
        told=told(first, reader=reader),
        more=incidents.count() - len(first) if len(first) == most else 0,
        now=[one for one in windows if one.start <= at],
        later=[one for one in windows if one.start > at],
    )
