"""A member presses the red button: consent, page, ticket, first notifications. Or opens a standard ticket, free."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from astreinte.accounts.models import User
from astreinte.core.transactions import all_or_nothing, yields_to_twin
from astreinte.customers.models import Server
from astreinte.flows import diagnose, escalate, same_trouble, seal_evidence, tell
from astreinte.paging import actions as paging
from astreinte.paging import queries as pages
from astreinte.paging.models import Page
from astreinte.tickets import actions as tickets
from astreinte.tickets import queries as cases
from astreinte.tickets import refusals, rehearsals
from astreinte.tickets.models import Diagnosis, Ticket
from astreinte.tickets.rules import rehearsal

Opening = tickets.Opening
Given = tickets.Given
NotEntitled, NoRight, CapReached, NotOffered = (
    refusals.NotEntitled,
    refusals.NoRight,
    refusals.CapReached,
    refusals.NotOffered,
)
ConsentRequired, OfferChanged, BoxNotTicked = refusals.ConsentRequired, refusals.OfferChanged, refusals.BoxNotTicked
ServerGone = refusals.ServerGone
RehearsalRuns, RehearsedEnough = refusals.RehearsalRuns, refusals.RehearsedEnough
AlreadyUrgent, NoLongerOpen = refusals.AlreadyUrgent, refusals.NoLongerOpen


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """What the customer sent back of the offer they were shown."""

    amount_excl_cents: int
    text_sha256: str
    box: bool = False


@yields_to_twin
@all_or_nothing
def standard(opening: Opening, *, server: Server, by: User, at: datetime, diagnosis: Diagnosis | None = None) -> Ticket:
    """A standard ticket: free, nobody is woken. The same key again answers the first."""
    already = cases.opened_with(by, opening.key)
    if already:
        return already
    ticket = tickets.open_ticket(opening, server=server, by=by, actor=by.actor, at=at)
    diagnose.adopted(diagnosis, ticket, at=at)
    tell.received(ticket, at=at)
    return ticket


@yields_to_twin
@all_or_nothing
def urgent(
    opening: Opening,
    *,
    server: Server,
    acceptance: Acceptance | None,
    given: Given,
    by: User,
    at: datetime,
    diagnosis: Diagnosis | None = None,
) -> Ticket:
    """An urgent ticket: when this is committed, the first phones are already due. The same key again answers the first."""
    already = cases.opened_with(by, opening.key)
    if already:
        return already
    offer = _accepted(
        server=server, language=opening.language, acceptance=acceptance, by=by, at=at, rehearsal=opening.rehearsal
    )
    consent = None if opening.rehearsal else tickets.accept_fee(offer, by=by, given=given, at=at)
    saw = diagnose.saw(diagnosis)
    page = call(
        server,
        symptom=opening.symptom,
        sentence=opening.subject,
        saw=saw,
        by=by,
        at=at,
        rehearsal=rehearsal.plan(offer.language) if opening.rehearsal else None,
    )
    opening = replace(opening, language=offer.language)
    ticket = tickets.open_ticket(
        opening, server=server, by=by, actor=by.actor, at=at, page=page, consent=consent, policy=offer.policy
    )
    diagnose.adopted(diagnosis, ticket, at=at)
    if offer.rehearsal:
        tickets.keep_rehearsed(ticket, offer, at=at)
    begin(ticket, page, at=at)
    return ticket


@all_or_nothing
def make_urgent(
    ticket: Ticket, *, language: str, acceptance: Acceptance | None, given: Given, by: User, at: datetime
) -> Ticket:
    """A standard ticket becomes urgent, with the same consent."""
    if ticket.is_urgent:
        raise AlreadyUrgent
    offer = _accepted(server=ticket.server, language=language, acceptance=acceptance, by=by, at=at)
    consent = tickets.accept_fee(offer, by=by, given=given, at=at)
    page = call(ticket.server, symptom=ticket.symptom, sentence=ticket.subject, saw="", by=by, at=at)
    if not tickets.make_urgent(ticket, page=page, consent=consent, policy=offer.policy, by=by.actor, at=at):
        raise NoLongerOpen
    begin(ticket, page, at=at)
    return ticket


def _accepted(
    *,
    server: Server,
    language: str,
    acceptance: Acceptance | None,
    by: User,
    at: datetime,
    rehearsal: bool = False,
) -> cases.Offer:
    tickets.hold_allowance(server.customer, by=by)
    ask = rehearsals.offer if rehearsal else cases.offer
    offer = ask(server=server, user=by, at=at, language=language)
    if offer.refusal:
        raise offer.refusal
    if acceptance is None:
        raise ConsentRequired(offer=offer)
    if not offer.is_what(acceptance.amount_excl_cents, acceptance.text_sha256):
        offer = _in_the_words_shown(offer, acceptance, by=by, at=at)
    if offer.words and offer.words.box and not acceptance.box:
        raise BoxNotTicked(offer=offer)
    return offer


def _in_the_words_shown(offer: cases.Offer, acceptance: Acceptance, *, by: User, at: datetime) -> cases.Offer:
    """The same offer in another language of ours, when that is what was accepted. Raises OfferChanged when none is."""
    for language in cases.other_languages(offer.language):
        said = cases.offer(server=offer.server, user=by, at=at, language=language, rehearsal=offer.rehearsal)
        if said.is_what(acceptance.amount_excl_cents, acceptance.text_sha256):
            return said
    raise OfferChanged(offer=offer)


def call(
    server: Server,
    *,
    symptom: str,
    sentence: str,
    saw: str,
    by: User,
    at: datetime,
    rehearsal: dict[str, Any] | None = None,
) -> Page:
    """The page of a case. `rehearsal`: its plan, in place of the customer's."""
    facts = {
        "customer": server.customer.name,
        "server": server.name,
        "plan": server.plan.name,
        "symptom": symptom,
        "symptom_words": cases.symptom_words(symptom),
        "sentence": sentence,
        "saw": saw,
        "urgent": True,
    }
    if rehearsal:
        facts |= {"rehearsal": True}
    plan = rehearsal or pages.plan(server.customer.escalation)
    return paging.start(plan=plan, title=sentence, facts=facts, by=by.actor, at=at, rehearsal=bool(rehearsal))


def begin(ticket: Ticket, page: Page, *, at: datetime) -> None:
    """What was declared is frozen, the first step is rung, and whoever opened it is told."""
    said = {"symptom": ticket.symptom, "subject": ticket.subject, "body": ticket.body, "server": ticket.server.name}
    tickets.freeze_evidence(ticket, kind="declaration", text=ticket.subject, body=said, seen_at=at, at=at)
    seal_evidence.opened(ticket, at=at)
    if ticket.is_rehearsal or not same_trouble.opened(ticket, page, at=at):
        escalate.first(page, at=at)
    if ticket.is_rehearsal:
        tell.rehearsed(ticket, at=at)
    else:
        tell.receipt(ticket, at=at)
