"""A rehearsal goes on by itself: people who are nobody take the call, talk, resolve and decide, within a minute; later it is forgotten."""

from datetime import datetime

from astreinte.accounts import actions as accounts
from astreinte.accounts.models import User
from astreinte.core.actors import SYSTEM
from astreinte.core.moves import CannotMove
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import acknowledge, converse, escalate, give_verdict, resolve
from astreinte.notifications import actions as notifications
from astreinte.paging import actions as paging
from astreinte.tickets import actions as tickets
from astreinte.tickets import diagnoses, rehearsals
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Ticket
from astreinte.tickets.rules import rehearsal as rules

# The messages of a rehearsal: both to the one who rehearses.
LETTERS = ("rehearsed", "verdict")


class NothingFollows(Refusal):
    """This rehearsal is over."""

    slug = "rehearsal-over"


def due(*, at: datetime) -> int:
    """What happens by itself by now, in each rehearsal. Answers how many things did."""
    return sum(_went_on(ticket, at=at) for ticket in rehearsals.going())


def _went_on(ticket: Ticket, *, at: datetime) -> bool:
    try:
        return _on(ticket, at=at, hurried=False)
    except (CannotMove, NothingFollows):
        return False  # another keeper, or the person, was faster


def on(ticket: Ticket, *, at: datetime) -> Ticket:
    """The next thing happens now: whoever rehearses does not wait; an engineer ends it. Raises NothingFollows once it is over."""
    _on(ticket, at=at, hurried=True)
    return ticket


@all_or_nothing
def _on(ticket: Ticket, *, at: datetime, hurried: bool) -> bool:
    if ticket.page is None or not ticket.is_rehearsal:
        raise NothingFollows
    paging.hold(ticket.page)  # two keepers, or a keeper and the person: one thing happens once
    ticket.refresh_from_db()
    next_at = rehearsals.next_at(ticket)
    if next_at is None:
        raise NothingFollows
    if not hurried and at < next_at:
        return False
    _act(ticket, at=at)
    return True


def _act(ticket: Ticket, *, at: datetime) -> None:
    if ticket.opened_by.stands_in:
        _end(ticket, at=at)
    elif ticket.state == "open":
        _call(ticket, at=at)
    elif ticket.state == "resolved":
        _decide(ticket, at=at)
    elif rehearsals.spoke_at(ticket):
        resolve.ticket(ticket, summary=rules.SUMMARY[_language(ticket)], by=_engineer(ticket), at=at)
    else:
        converse.say(ticket, body=rules.SAYS[_language(ticket)], by=_engineer(ticket), at=at)


def _language(ticket: Ticket) -> str:
    return rules.spoken(ticket.language)


def _engineer(ticket: Ticket) -> User:
    """Who takes the call: nobody, by name."""
    language = _language(ticket)
    return accounts.stand_in(f"engineer.{language}", name=rules.NAMES[language][1], language=language)


def _call(ticket: Ticket, *, at: datetime) -> None:
    """The second one is called when the first does not answer, and takes it."""
    page = ticket.page
    if page and page.step + 1 < len(page.plan["steps"]):
        escalate.first(page, at=at)
    elif page:
        acknowledge.page(page, person=_engineer(ticket), via="rehearsal", eta=rules.COMES_IN, at=at)


def _end(ticket: Ticket, *, at: datetime) -> None:
    """An engineer rehearsed, and went away."""
    if ticket.state == "acknowledged":
        summary = rules.OVER[_language(ticket)]
        resolve.ticket(ticket, summary=summary, by=ticket.handled_by or _engineer(ticket), at=at)
    elif ticket.page:
        tickets.cancel(ticket, by=SYSTEM, at=at)
        paging.close(ticket.page, because="rehearsed", by=SYSTEM, at=at)
        notifications.withdraw(ticket.page.story, kinds=acknowledge.ASKING, at=at)


def _decide(ticket: Ticket, *, at: datetime) -> None:
    policy, language = ticket.policy, _language(ticket)
    advised, likely = diagnoses.advised_clauses(ticket)
    clause = rules.example(
        advised, likely, covered=policy.covered if policy else (), excluded=policy.excluded if policy else ()
    )
    evidence = cases.evidence_of(ticket)
    words = rules.JUSTIFICATION[language]
    give_verdict.give(ticket, clause=clause, justification=words, evidence=evidence, by=_engineer(ticket), at=at)


def forgotten(*, at: datetime) -> int:
    """Those that were kept for 30 days. Answers how many."""
    return sum(_forgotten(ticket, at=at) for ticket in rehearsals.to_forget(at=at))


@all_or_nothing
def _forgotten(ticket: Ticket, *, at: datetime) -> bool:
    try:
        tickets.forget_rehearsal(ticket, at=at)
    except CannotMove:
        return False
    notifications.erase(ticket.story, kinds=LETTERS, at=at)
    return True
