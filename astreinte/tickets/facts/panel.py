"""What the provider's own systems pushed: the panel, the firewall, the readers of logs, Prometheus' owner."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from astreinte.monitoring import bans
from astreinte.monitoring import facts as pushed
from astreinte.tickets.facts.base import Complaint, fact

# The longest that any kind of fact counts.
OLDEST = timedelta(days=1)


def facts(complaint: Complaint) -> Iterator[dict[str, Any]]:
    """As they were said; the engine leaves out what is stale."""
    for one in pushed.said_of(complaint.server, since=complaint.at - OLDEST):
        # whose address that is, a complaint does not say: a ban of somebody else's proves nothing
        if one.kind == bans.KIND and bans.is_about_an_address(one.subject):
            continue
        yield fact(one.kind, one.value, source=one.source, at=one.observed_at, subject=one.subject, detail=one.detail)
