"""What is already known of a server: the first thing a customer sees."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from astreinte.accounts.models import User
from astreinte.customers import queries as customers
from astreinte.customers.models import Server
from astreinte.monitoring.models import Incident, Maintenance
from astreinte.monitoring.states import IncidentState


def open_on(server: Server) -> QuerySet[Incident]:
    """The incidents in progress that concern this server, oldest first."""
    return (
        Incident.objects.filter(state=IncidentState.OPEN, servers=server)
        .select_related("page__acknowledged_by")
        .order_by("opened_at")
    )


def maintenance_on(server: Server, *, at: datetime) -> QuerySet[Maintenance]:
    """The maintenance in progress or to come on this server."""
    return Maintenance.objects.filter(servers=server, end__gt=at).order_by("start")


def count_open() -> int:
    """How many incidents are in progress."""
    return Incident.objects.filter(state=IncidentState.OPEN).count()


def open_among(servers: Iterable[Server]) -> QuerySet[Incident]:
    """The incidents in progress on any of these servers, oldest first, each once, with its servers."""
    concerned = Incident.servers.through.objects.filter(server__in=[server.pk for server in servers])
    incidents = Incident.objects.filter(state=IncidentState.OPEN, pk__in=concerned.values("incident"))
    return incidents.select_related("page__acknowledged_by").prefetch_related("servers").order_by("opened_at")


def maintenance_among(servers: Iterable[Server], *, at: datetime) -> QuerySet[Maintenance]:
    """The maintenance in progress or to come on any of these servers, each once, with its servers."""
    concerned = Maintenance.servers.through.objects.filter(server__in=[server.pk for server in servers])
    windows = Maintenance.objects.filter(end__gt=at, pk__in=concerned.values("maintenance"))
    return windows.prefetch_related("servers").order_by("start")


def seen_by(user: User) -> QuerySet[Incident]:
    """The incidents this person may open: those of servers they see; every one for the staff."""
    incidents = Incident.objects.prefetch_related("servers")
    if user.handles_cases:
        return incidents
    return incidents.filter(servers__in=customers.servers_of(user).values("pk")).distinct()
