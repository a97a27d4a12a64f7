"""Whose problem is it? Everything known of a server is gathered, everything watched on it is looked at now, for ten seconds at most."""

from datetime import datetime

from astreinte.accounts.models import User
from astreinte.core.moves import CannotMove
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.customers.models import Server
from astreinte.flows import look_up, read_metrics
from astreinte.monitoring import actions as monitoring
from astreinte.tickets import actions as tickets
from astreinte.tickets import advising, diagnoses
from astreinte.tickets.models import Diagnosis, Ticket


class TooMany(Refusal):
    """You have asked for %(most)s diagnoses within a minute: wait a moment. Opening a ticket needs none."""

    slug = "too-many-requests"
    status = 429


class ElsewhereLooked(Refusal):
    """This diagnosis is about %(server)s: start one for the server of this ticket, or open it without."""

    slug = "diagnosis-elsewhere"
    status = 422


@all_or_nothing
def start(
    server: Server,
    *,
    symptom: str,
    text: str,
    by: User,
    at: datetime,
    ticket: Ticket | None = None,
    looked: Diagnosis | None = None,
) -> Diagnosis:
    """Look at this server for this complaint; the same question within ten seconds is the same diagnosis. Raises TooMany.

    `looked` began when the server was chosen, before the complaint was known: nothing is looked at again for it. Nor for who asks
    too often and has seen this server lately.
    """
    if looked and ticket is None and diagnoses.serves(looked, server=server, by=by, at=at):
        return _weighed(looked, symptom=symptom, text=text, by=by, at=at)
    already = None if ticket else diagnoses.same(server, symptom=symptom, by=by, at=at)
    if already:
        return already
    if diagnoses.are_many(by, at=at):
        lately = None if ticket else diagnoses.lately(server, by=by, at=at)
        if lately is None:
            raise TooMany(most=diagnoses.MOST)
        return _weighed(lately, symptom=symptom, text=text, by=by, at=at)
    monitoring.look_at(server, at=at)
    look_up.wanted(server, at=at)
    read_metrics.wanted(server, at=at)
    return tickets.begin_diagnosis(server, symptom=symptom, text=text, by=by, at=at, ticket=ticket)


def _weighed(looked: Diagnosis, *, symptom: str, text: str, by: User, at: datetime) -> Diagnosis:
    already = diagnoses.weighed_already(looked, symptom=symptom)
    if already:
        return already
    begun = tickets.begin_diagnosis(looked.server, symptom=symptom, text=text, by=by, at=looked.started_at)
    if diagnoses.is_over(begun, diagnoses.lines(begun), at=at):
        ended(begun, at=at)
    return begun


def by_itself(ticket: Ticket, *, at: datetime) -> None:
    """The case is looked at without anybody asking: what is seen is evidence. Nobody waits for it."""
    if not diagnoses.is_looking(ticket):
        monitoring.look_at(ticket.server, at=at)
        by = ticket.handled_by or ticket.opened_by
        tickets.begin_diagnosis(ticket.server, symptom=ticket.symptom, text=ticket.subject, by=by, at=at, ticket=ticket)


def due(*, at: datetime) -> int:
    """End those that have nothing more to wait for. Answers how many."""
    return sum(ended(one, at=at) for one in diagnoses.over(at=at))


def saw(diagnosis: Diagnosis | None) -> str:
    """What was seen to fail by now, in a few words for the one who is rung."""
    return diagnoses.failing(diagnosis) if diagnosis else ""


def adopted(diagnosis: Diagnosis | None, ticket: Ticket, *, at: datetime) -> None:
    """A ticket was opened after this diagnosis: it is the first of the case, and evidence as soon as it is done.

    Raises ElsewhereLooked for one about another server.
    """
    if diagnosis is None:
        return
    if diagnosis.server_id != ticket.server_id:
        raise ElsewhereLooked(server=diagnosis.server.name)
    tickets.adopt_diagnosis(diagnosis, ticket)
    if diagnosis.state == "done":
        _frozen(diagnosis, ticket, at=at)


def _frozen(diagnosis: Diagnosis, ticket: Ticket, *, at: datetime) -> None:
    """The whole, then each fact that the advice rests on."""
    for one in advising.proofs(diagnosis, language=ticket.language):
        tickets.freeze_evidence(ticket, kind=one.kind, text=one.text, body=one.body, seen_at=one.seen_at, at=at)


@all_or_nothing
def ended(diagnosis: Diagnosis, *, at: datetime) -> bool:
    """Freeze what is known by now, and what it advises. False when it was ended already."""
    facts = diagnoses.known(diagnosis, at=at)
    advice = advising.of_diagnosis(diagnosis, facts, at=at)
    try:
        tickets.end_diagnosis(diagnosis, facts=facts, advice=advice, at=at)
    except CannotMove:
        return False
    if diagnosis.ticket:
        _frozen(diagnosis, diagnosis.ticket, at=at)
    return True
