"""What is watched on some servers and what was seen, in words a customer understands: no parameter of a check is here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from astreinte.customers.models import Server
from astreinte.monitoring import history, lists, words
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
    """What is watched on one server, at a glance: how many services, and those that do not work now."""

    count: int = 0
    is_known: bool = True  # each was looked at
    down: list[Service] = field(default_factory=list)

    @property
    def down_since(self) -> datetime | None:
        """When the first of them broke."""
        return min((one.since for one in self.down if one.since), default=None)


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
    """What is watched on these servers, by the key of the server, asked at once. What works is counted, not read."""
    checks = monitoring.checks_of(servers)
    found = defaultdict(Watched)
    states = lists.by_server(checks)
    for server, counted in states.items():
        found[server] = Watched(count=sum(counted.values()), is_known="unknown" not in counted)
    broken = [server for server, counted in states.items() if "down" in counted]
    for check in checks.filter(state="down", server__in=broken) if broken else ():
        found[check.server_id].down.append(service(check))
    return found


def with_past(checks: Sequence[Check], *, at: datetime) -> list[Service]:
    """These services, each with its ninety days."""
    days = history.days(checks, at=at)
    return [service(check, days=days[check.pk]) for check in checks]
