"""Questions about what the provider's Prometheus said of servers. Reads only."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from astreinte.accounts import queries as accounts
from astreinte.customers.models import Server
from astreinte.monitoring.models import Reading

# A prober that has said nothing for so long is gone: another one asks.
CLAIM = timedelta(seconds=15)


def settings() -> Mapping[str, Any]:
    """`monitoring: {prometheus: ...}` of the provider file, as it was applied; empty where there is no Prometheus."""
    provider = accounts.provider()
    said: Mapping[str, Any] = provider.settings.get("monitoring", {}) if provider else {}
    return said.get("prometheus") or {}


def due(*, at: datetime, limit: int) -> list[Reading]:
    """Those that are waited for and that nobody is asking for, oldest first."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=at - CLAIM)
    waited = Reading.objects.filter(free, due_at__lte=at).select_related("server")
    return list(waited.order_by("due_at")[:limit])


def waited_for(servers: Iterable[Server]) -> set[int]:
    """Those of which Prometheus has not said yet what it measures, by key."""
    waited = Reading.objects.filter(server__in=[server.pk for server in servers], due_at__isnull=False)
    return set(waited.values_list("server", flat=True))


def of(server: Server) -> Reading | None:
    """The last one of this server."""
    return Reading.objects.filter(server=server).first()
