"""The one who has it passes it on: to a colleague by name, or back to the escalation. It rings again at once."""

from datetime import datetime

from astreinte.accounts.models import User
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import escalate
from astreinte.notifications import actions as notifications
from astreinte.notifications import queries as outbox
from astreinte.paging import actions as paging
from astreinte.tickets import actions as tickets
from astreinte.tickets.models import Ticket
from astreinte.tickets.refusals import OnlyRehearsed


class NotPaged(Refusal):
    """Only an urgent ticket that somebody has taken can be handed over."""

    slug = "not-taken"


class Unreachable(Refusal):
    """%(name)s has no way to be reached: choose somebody else."""

    slug = "unreachable"


@all_or_nothing
def ticket(ticket: Ticket, *, to: User | None, by: User, at: datetime) -> Ticket:
    """Hand over to a colleague (rung first, then the plan goes on), or to the escalation when `to` is None."""
    page = ticket.page
    if ticket.is_rehearsal:
        raise OnlyRehearsed
    if page is None or page.state != "acknowledged":
        raise NotPaged
    if to is not None and not outbox.contacts([to]):
        raise Unreachable(name=to.name)
    paging.hand_over(page, by=by.actor, to=to.name if to else "", first=to.email if to else "", at=at)
    notifications.withdraw(page.story, kinds=["help"], at=at)  # it says who has it, and they no longer do
    tickets.hand_over(ticket, to=to.name if to else "", by=by.actor, at=at)
    escalate.one(page, at=at)
    return ticket
