"""The customer cancels, free, while nobody has taken charge: the ringing stops with it."""

from datetime import datetime

from astreinte.accounts.models import User
from astreinte.core.moves import CannotMove
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import tell
from astreinte.flows.acknowledge import ASKING
from astreinte.notifications import actions as notifications
from astreinte.paging import actions as paging
from astreinte.tickets import actions as tickets
from astreinte.tickets.models import Ticket
from astreinte.tickets.refusals import NoLongerOpen, TooLateToCancel


@all_or_nothing
def ticket(ticket: Ticket, *, by: User, at: datetime) -> Ticket:
    """Cancel. A second click is the same answer."""
    if ticket.state == "cancelled":
        return ticket
    if ticket.page:
        paging.hold(ticket.page)
    try:
        tickets.cancel(ticket, by=by.actor, at=at)
    except CannotMove as late:
        raise (TooLateToCancel if ticket.acknowledged_at else NoLongerOpen) from late
    if ticket.page:
        paging.close(ticket.page, because="cancelled", by=by.actor, at=at)
        notifications.withdraw(ticket.page.story, kinds=ASKING, at=at)
        tell.already_rung(ticket.page, kind="page_cancelled", by_name=by.name, except_for=None, at=at)
    return ticket
