"""The engineer says that it is over, and why; or that it was not."""

from datetime import datetime

from astreinte.accounts.models import User
from astreinte.core import words
from astreinte.core.moves import CannotMove
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import seal_evidence, tell
from astreinte.flows.acknowledge import ASKING
from astreinte.notifications import actions as notifications
from astreinte.paging import actions as paging
from astreinte.tickets import actions as tickets
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Ticket
from astreinte.tickets.refusals import NoLongerOpen


class NoSummary(Refusal):
    """Say in a sentence what was wrong and what was done."""

    slug = "no-summary"
    status = 422


class NotResolved(Refusal):
    """Only a resolved ticket can be reopened."""

    slug = "not-resolved"


class VerdictStands(Refusal):
    """The verdict of this ticket was given: open a new ticket, or contest the verdict."""

    slug = "verdict-given"


@all_or_nothing
def ticket(ticket: Ticket, *, summary: str, by: User, at: datetime) -> Ticket:
    """Resolve: both clocks stop, the page is closed, what happened is frozen as evidence."""
    if words.says_nothing(summary):
        raise NoSummary
    if ticket.page:
        paging.hold(ticket.page)
    try:
        tickets.resolve(ticket, summary=summary.strip(), by=by.actor, at=at)
    except CannotMove as late:
        raise NoLongerOpen from late
    if ticket.page and ticket.page.state != "closed":
        paging.close(ticket.page, because="resolved", by=by.actor, at=at)
        notifications.withdraw(ticket.page.story, kinds=ASKING, at=at)
    seal_evidence.resolved(ticket, at=at)
    tell.resolved(ticket, at=at)
    return ticket


@all_or_nothing
def reopen(ticket: Ticket, *, by: User, at: datetime) -> Ticket:
    """It was not over: the GTR clock runs on. Not once the verdict was given."""
    if cases.verdict_of(ticket):
        raise VerdictStands
    engineer = by if by.handles_cases else ticket.handled_by
    try:
        tickets.reopen(ticket, person=engineer, by=by.actor, at=at)
    except CannotMove as late:
        raise NotResolved from late
    if cases.verdict_of(ticket):  # given between the first look and the move
        raise VerdictStands
    tell.reopened(ticket, by_name=by.name, at=at)
    return ticket
