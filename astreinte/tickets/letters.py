"""The letter of a verdict, as it was sent. Reads only."""

from astreinte.accounts.models import User
from astreinte.notifications import queries as outbox
from astreinte.notifications import rendering
from astreinte.tickets.models import Ticket

KIND = "verdict"


def verdict_of(ticket: Ticket, *, reader: User | None = None) -> rendering.Words | None:
    """In the words this reader got, or in those of the newest one; None while none was written."""
    sent = outbox.about(ticket.story).filter(kind=KIND)
    newest = (sent.filter(person=reader).last() if reader else None) or sent.last()
    return rendering.words(newest) if newest else None
