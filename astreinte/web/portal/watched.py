"""What is watched on some servers and what was seen, in words a customer understands: no parameter of a check is here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from astreinte.customers.models import Server
from astreinte.monitoring import history, words
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring.history import Day
from astreinte.monitoring.models import Check
from astreinte.web import past_words, watch_words


@dataclass(frozen=True, kw_only=True)
class Service:
    """One thing watched, as its owner calls it."""

    public_id: UUID
    name: str
    where: str
    state: str
    label: str
    since: datetime | None
    looked_at: datetime | None
    interval_s: int
    trouble: str
    bar: past_words.Bar | None = None


@dataclass(kw_only=True)
class Watched:
    """The services of one server, the broken ones first."""

    services: list[Service] = field(default_factory=list)

    @property
    def down(self) -> list[Service]:
        """Those that do not work now."""
        return [one for one in self.services if one.state == "down"]

    @property
    def down_since(self) -> datetime | None:
        """When the first of them broke."""
        return min((one.since for one in self.down if one.since), default=None)

    @property
    def is_known(self) -> bool:
        """Whether each was looked at."""
        return all(one.state != "unknown" for one in self.services)


def service(check: Check, *, days: Sequence[Day] = ()) -> Service:
    """A check as its customer may see it."""
    return Service(
        public_id=check.public_id,
        name=words.service(check),
        where=check.where,
        state=check.state,
        label=check.get_state_display(),
        since=check.since,
        looked_at=check.looked_at,
        interval_s=check.interval_s,
        trouble=watch_words.trouble(check),
        bar=past_words.bar(days) if days else None,
    )


def on(servers: Iterable[Server]) -> dict[int, Watched]:
    """What is watched on these servers, by the key of the server, asked at once."""
    found: dict[int, Watched] = defaultdict(Watched)
    for check in monitoring.worst_first(monitoring.checks_of(servers)):
        found[check.server_id].services.append(service(check))
    return found


def with_past(checks: Sequence[Check], *, at: datetime) -> list[Service]:
    """These services, each with its ninety days."""
    days = history.days(checks, at=at)
    return [service(check, days=days[check.pk]) for check in checks]
