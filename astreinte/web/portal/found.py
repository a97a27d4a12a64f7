"""What the person of a request may open; anything else does not exist."""

from django.http import Http404

from astreinte.customers import queries as customers
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Ticket
from astreinte.web.requests import PersonRequest


def ticket_or_404(request: PersonRequest, ref: str) -> Ticket:
    """The ticket people call "T1042", when this person may see it."""
    found = cases.by_ref(cases.seen_by(request.user), ref)
    if found is None:
        raise Http404
    return found


def own_ticket_or_404(request: PersonRequest, ref: str) -> Ticket:
    """The same, to act on it as its customer: the staff acts in the console, whatever it may read here."""
    found = ticket_or_404(request, ref)
    if customers.member(user=request.user, customer=found.customer) is None:
        raise Http404
    return found
