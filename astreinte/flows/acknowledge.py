"""A person takes the page: escalation stops, nothing more leaves, the customer is told who comes."""

from datetime import datetime, timedelta

from astreinte.accounts.models import User
from astreinte.core.moves import CannotMove
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import same_trouble, tell
from astreinte.notifications import actions as notifications
from astreinte.paging import actions as paging
from astreinte.paging import queries as pages
from astreinte.paging.models import Page
from astreinte.tickets import actions as tickets
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Ticket

ASKING = ("page", "empty_step")


class AlreadyTaken(Refusal):
    """%(by)s has already taken charge."""

    slug = "already-taken"


class NoLongerRings(Refusal):
    """This call is over: nothing to take."""

    slug = "not-ringing"


@all_or_nothing
def page(page: Page, *, person: User, via: str, eta: timedelta | None = None, at: datetime) -> Page:
    """Take charge. A second click of the same person is the same answer; of another person, a refusal that says who has it."""
    eta_at = at + eta if eta is not None else None
    others = same_trouble.others(page)
    try:
        paging.acknowledge(page, person=person, via=via, eta_at=eta_at, by=person.actor, at=at)
    except CannotMove:
        return _already(page, person=person, eta_at=eta_at, at=at)
    _taken(page, person=person, eta_at=eta_at, at=at)
    for other in others:
        paging.acknowledge(other, person=person, via=via, eta_at=eta_at, by=person.actor, at=at)
        _taken(other, person=person, eta_at=eta_at, at=at)
    return page


def _taken(page: Page, *, person: User, eta_at: datetime | None, at: datetime) -> None:
    notifications.withdraw(page.story, kinds=ASKING, at=at)
    tell.already_rung(page, kind="page_taken", by_name=person.name, except_for=person.pk, at=at)
    ticket = cases.about_page(page)
    if ticket:
        tickets.acknowledge(ticket, person=person, eta_at=eta_at, by=person.actor, at=at)
        tell.taken(ticket, by_name=person.name, eta_at=eta_at, count=page.round, at=at)


def _already(page: Page, *, person: User, eta_at: datetime | None, at: datetime) -> Page:
    if page.acknowledged_by_id is None:
        raise NoLongerRings
    if page.acknowledged_by_id != person.pk:
        raise AlreadyTaken(by=page.acknowledged_by.name if page.acknowledged_by else "")
    if eta_at and page.state == "acknowledged":
        _comes_at(page, person=person, eta_at=eta_at, at=at)
    return page


def _comes_at(page: Page, *, person: User, eta_at: datetime, at: datetime) -> None:
    ticket = cases.about_page(page)
    if ticket:
        tickets.set_eta(ticket, eta_at=eta_at, by=person.actor, at=at)
    else:
        paging.set_eta(page, eta_at=eta_at, by=person.actor, at=at)


@all_or_nothing
def ticket(ticket: Ticket, *, person: User, via: str, eta: timedelta | None = None, at: datetime) -> Ticket:
    """Take a case: by its page when it is urgent; a standard ticket simply has somebody from now on."""
    if ticket.page:
        page(ticket.page, person=person, via=via, eta=eta, at=at)
        ticket.refresh_from_db()
        return ticket
    try:
        return tickets.acknowledge(
            ticket, person=person, eta_at=at + eta if eta is not None else None, by=person.actor, at=at
        )
    except CannotMove as late:
        if ticket.handled_by_id == person.pk:
            return ticket
        raise (AlreadyTaken(by=ticket.handled_by.name) if ticket.handled_by else NoLongerRings()) from late


@all_or_nothing
def decline(page: Page, *, person: User, via: str, at: datetime) -> Page:
    """Not me: the next step rings now."""
    try:
        return paging.declined(page, via=via, by=person.actor, at=at)
    except CannotMove as late:
        if page.acknowledged_by_id:
            raise AlreadyTaken(by=page.acknowledged_by.name if page.acknowledged_by else "") from late
        raise NoLongerRings from late


@all_or_nothing
def overheard(code: str, *, number: str, via: str, at: datetime) -> bool:
    """A number we never asked answers a code: nothing happens, and the page it names remembers. False when none rings."""
    page = pages.ringing_with(code)
    if page is not None:
        paging.overheard(page, number=number, via=via, at=at)
    return page is not None
