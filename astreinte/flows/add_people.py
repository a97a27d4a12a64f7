"""One more colleague is called: beside the escalation while it rings, to help whoever has it afterwards. The plan goes on unbroken."""

from dataclasses import replace
from datetime import datetime, timedelta

from astreinte.accounts.models import User
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import escalate
from astreinte.flows.acknowledge import AlreadyTaken, NoLongerRings
from astreinte.flows.hand_over import Unreachable
from astreinte.notifications import actions as notifications
from astreinte.notifications import queries as outbox
from astreinte.notifications import readiness
from astreinte.notifications.actions import Letter
from astreinte.paging import actions as paging
from astreinte.paging import queries as pages
from astreinte.paging.models import Page
from astreinte.paging.rules.plan import Ring
from astreinte.tickets.models import Ticket
from astreinte.tickets.refusals import OnlyRehearsed

PAGE, HELP = "page", "help"


class NoCall(Refusal):
    """Somebody can be added only while an urgent ticket rings, or while somebody has it."""

    slug = "no-call"


class AlreadyCalled(Refusal):
    """%(name)s is already being called: give them three minutes."""

    slug = "already-called"


class AlreadyComing(Refusal):
    """%(name)s already said that they are coming."""

    slug = "already-coming"


class NobodyHasIt(Refusal):
    """Nobody has it any more, and it rings again: whoever answers that call takes charge."""

    slug = "nobody-has-it"


@all_or_nothing
def ticket(ticket: Ticket, *, person: User, by: User, at: datetime) -> Ticket:
    """Call one more person about this case, now. Refused when they are being called already, or when nothing could reach them."""
    page = ticket.page
    if page is None:
        raise NoCall
    if page.rehearsal:
        raise OnlyRehearsed
    paging.hold(page)  # two colleagues may add the same person, or somebody take it, in this very instant
    if page.state == "closed":
        raise NoCall
    if page.acknowledged_by_id == person.pk:
        raise AlreadyTaken(by=person.name)
    if pages.help_of(page, person)[0] == "joined":
        raise AlreadyComing(name=person.name)
    kind = PAGE if page.state == "triggered" else HELP
    if outbox.is_being_asked(person, story=page.story, kind=kind, at=at):
        raise AlreadyCalled(name=person.name)
    if person.pk not in readiness.reachable([person]):
        raise Unreachable(name=person.name)
    paging.added(page, person=person.name, by=by.actor, at=at)
    notifications.enqueue(_letters(page, person, kind=kind, by=by, at=at), at=at)
    return ticket


def _letters(page: Page, person: User, *, kind: str, by: User, at: datetime) -> list[Letter]:
    """Their own contact rules, as if a step of three minutes had rung them; a step of the plan changes nothing to it."""
    ring = Ring(step=page.step, round=page.round, targets=(), length=outbox.ASKED_FOR, last_of_round=False)
    holder = page.acknowledged_by.name if page.acknowledged_by else ""
    more = {"asked_by": by.name, "holder": holder} if kind == HELP else {}
    return [
        replace(letter, kind=kind, once=f"{letter.once}/{kind}/{at.isoformat()}", context={**letter.context, **more})
        for letter in escalate.letters_to(page, [person], ring=ring, at=at)
    ]


@all_or_nothing
def join(page: Page, *, person: User, via: str, eta: timedelta | None = None, at: datetime) -> Page:
    """I am coming: written down and read on the case. Whoever has it keeps it; nobody else is stopped."""
    _helped(page)
    eta_at = at + eta if eta is not None else None
    answer, _eta_at = pages.help_of(page, person)
    if page.acknowledged_by_id == person.pk or (answer == "joined" and eta_at is None):
        return page
    notifications.withdraw(page.story, kinds=[HELP], person=person, at=at)
    paging.joined(page, via=via, eta_at=eta_at, by=person.actor, at=at)
    return page


@all_or_nothing
def excuse(page: Page, *, person: User, via: str, at: datetime) -> Page:
    """I cannot: written down, and their other phones stay silent."""
    _helped(page)
    if pages.help_of(page, person)[0] != "excused":
        notifications.withdraw(page.story, kinds=[HELP], person=person, at=at)
        paging.excused(page, via=via, by=person.actor, at=at)
    return page


def _helped(page: Page) -> None:
    paging.hold(page)
    if page.state == "closed":
        raise NoLongerRings
    if page.state == "triggered":
        raise NobodyHasIt
