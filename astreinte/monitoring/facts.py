"""What the provider's own systems say of a server: the newest word on each thing, and who reads it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from astreinte.accounts.models import User
from astreinte.customers.models import Server
from astreinte.monitoring.models import ServerFact

# Written by one statement.
TOGETHER = 100


def keep(server: Server, facts: Iterable[dict[str, Any]], *, by: User, at: datetime) -> int:
    """Keep these facts (facts.md, 1) in place of what was said before; an older word never replaces a newer one. Answers how many."""
    newest: dict[tuple[str, str, str], dict[str, Any]] = {}
    for fact in facts:
        key = (fact["kind"], fact["subject"], fact["source"])
        if key not in newest or newest[key]["observed_at"] <= fact["observed_at"]:
            newest[key] = fact
    known = {(one.kind, one.subject, one.source): one.observed_at for one in ServerFact.objects.filter(server=server)}
    fresh = [fact for key, fact in newest.items() if key not in known or known[key] <= fact["observed_at"]]
    ServerFact.objects.bulk_create(
        [ServerFact(server=server, said_by=by, said_at=at, **fact) for fact in fresh],
        batch_size=TOGETHER,
        update_conflicts=True,
        unique_fields=["server", "kind", "subject", "source"],
        update_fields=["value", "detail", "observed_at", "said_by", "said_at"],
    )
    return len(fresh)


def said_of(server: Server, *, since: datetime) -> list[ServerFact]:
    """What was observed on this server since then."""
    return list(ServerFact.objects.filter(server=server, observed_at__gte=since).order_by("kind", "subject", "source"))
