"""Verdicts that wait for a second person. Reads only."""

from django.db.models import QuerySet

from astreinte.tickets.models import ProposedVerdict, Ticket


def of_ticket(ticket: Ticket) -> ProposedVerdict | None:
    """The verdict of this case that waits."""
    waiting = ProposedVerdict.objects.select_related("proposed_by").prefetch_related("evidence")
    return waiting.filter(ticket=ticket, settled_at=None).first()


def waiting() -> QuerySet[ProposedVerdict]:
    """All that wait, oldest first."""
    found = ProposedVerdict.objects.filter(settled_at=None)
    return found.select_related("ticket__customer", "ticket__server", "proposed_by").order_by("proposed_at")
