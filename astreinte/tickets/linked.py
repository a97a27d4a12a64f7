"""Tickets and incidents of one trouble: who is linked with what. Reads only."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from astreinte.customers.models import Server
from astreinte.monitoring.models import Incident
from astreinte.paging.models import Page
from astreinte.tickets.models import Mode, Symptom, Ticket
from astreinte.tickets.states import TicketState


def incident_of_page(page: Page) -> Incident | None:
    """The incident that the ticket of this page is about."""
    known = Ticket.objects.select_related("incident__page", "incident__parent__page")
    ticket = known.filter(page=page, incident__isnull=False).first()
    return ticket.incident if ticket else None


def _alive() -> QuerySet[Ticket]:
    return Ticket.objects.filter(state__in=[TicketState.OPEN, TicketState.ACKNOWLEDGED])


def _told_since(since: datetime) -> QuerySet[Ticket]:
    """Not over, of either mode that is no rehearsal: by both names the index of open tickets answers."""
    return _alive().filter(mode__in=[Mode.STANDARD, Mode.URGENT], opened_at__gte=since)


def about_incident(incident: Incident) -> QuerySet[Ticket]:
    """The tickets that are linked with this incident, or with a part of it, and not over."""
    theirs = Q(incident=incident) | Q(incident__parent=incident)
    return _alive().filter(theirs).select_related("customer", "server", "page", "opened_by").order_by("pk")


def complaints(*, since: datetime) -> QuerySet[Ticket]:
    """The tickets opened since then about something that fails, not over, and that no incident explains; oldest first."""
    unexplained = _told_since(since).filter(incident=None)
    failing = unexplained.exclude(symptom__in=[Symptom.HOW_TO, Symptom.OTHER])
    return failing.select_related("customer", "server").order_by("opened_at", "pk")


def same_complaint(symptom: str, *, since: datetime) -> QuerySet[Ticket]:
    """The tickets opened since then with this symptom, not over, each with its incident."""
    return _told_since(since).filter(symptom=symptom).select_related("incident").order_by("opened_at", "pk")


def urgent_on(servers: Iterable[Server], *, since: datetime) -> QuerySet[Ticket]:
    """The urgent tickets on these servers that are not over and became urgent since then, oldest first."""
    recent = _alive().filter(mode=Mode.URGENT, server__in=[server.pk for server in servers], urgent_at__gte=since)
    return recent.select_related("customer", "server", "page__acknowledged_by", "policy").order_by("urgent_at")
