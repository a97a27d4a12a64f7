"""DNS, the registry and the certificate are asked about the names of a server: somebody wants it, a prober asks, and writes it down."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from astreinte.core.transactions import all_or_nothing
from astreinte.customers.models import Server
from astreinte.monitoring import inquiries, registered
from astreinte.monitoring.actions import lookups as monitoring
from astreinte.monitoring.models import LookUp


def wanted(server: Server, *, at: datetime, address: str | None = None) -> None:
    """Everything that may be asked about the registered names of this server, and the network of an address, unless it was lately."""
    asked = [*registered.look_ups(server), *registered.network(address)]
    if asked:
        monitoring.want(server, asked, at=at)


def claimed(*, at: datetime, limit: int) -> list[LookUp]:
    """Take what somebody waits for: no transaction, each is won or lost by itself, and most of the time there is nothing."""
    return [one for one in inquiries.wanted(at=at, limit=limit) if monitoring.claim(one, at=at)]


@all_or_nothing
def found(told: Iterable[tuple[int, dict[str, Any], str]], *, at: datetime) -> None:
    """Write what each gave: its key, what was found, and why nothing was."""
    for key, what, error in told:
        monitoring.found(key, found=what, error=error, at=at)
