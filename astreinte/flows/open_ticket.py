"""A member presses the red button: consent, page, ticket, first notifications. Or opens a standard ticket, free."""

from dataclasses import dataclass, replace
from datetime import datetime

from astreinte.accounts.models import User
from astreinte.core.transactions import all_or_nothing, yields_to_twin
from astreinte.customers.models import Server
from astreinte.flows import diagnose, escalate, same_trouble, tell
from astreinte.paging import actions as paging
from astreinte.paging import queries as pages
from astreinte.paging.models import Page
from astreinte.tickets import actions as tickets
from astreinte.tickets import queries as cases
from astreinte.tickets import refusals
from astreinte.tickets.models import Consent, Diagnosis, Ticket

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
    offer, consent = _consented(
        server=server, language=opening.language, acceptance=acceptance, given=given, by=by, at=at
    )
    saw = diagnose.saw(diagnosis)
    page = _page(server, symptom=opening.symptom, sentence=opening.subject, saw=saw, by=by, at=at)
    opening = replace(opening, language=offer.language)
    ticket = tickets.open_ticket(
        opening, server=server, by=by, actor=by.actor, at=at, page=page, consent=consent, policy=offer.policy
    )
    diagnose.adopted(diagnosis, ticket, at=at)
    _begin(ticket, page, at=at)
    return ticket


@all_or_nothing
def make_urgent(
    ticket: Ticket, *, language: str, acceptance: Acceptance | None, given: Given, by: User, at: datetime
) -> Ticket:
    """A standard ticket becomes urgent, with the same consent."""
    if ticket.is_urgent:
        raise AlreadyUrgent
    offer, consent = _consented(
        server=ticket.server, language=language, acceptance=acceptance, given=given, by=by, at=at
    )
    page = _page(ticket.server, symptom=ticket.symptom, sentence=ticket.subject, saw="", by=by, at=at)
    if not tickets.make_urgent(ticket, page=page, consent=consent, policy=offer.policy, by=by.actor, at=at):
        raise NoLongerOpen
    _begin(ticket, page, at=at)
    return ticket


def _consented(
    *, server: Server, language: str, acceptance: Acceptance | None, given: Given, by: User, at: datetime
) -> tuple[cases.Offer, Consent]:
    tickets.hold_allowance(server.customer, by=by)
    offer = cases.offer(server=server, user=by, at=at, language=language)
    if offer.refusal:
        raise offer.refusal
    if acceptance is None:
        raise ConsentRequired(offer=offer)
    if not offer.is_what(acceptance.amount_excl_cents, acceptance.text_sha256):
        offer = _in_the_words_shown(offer, acceptance, by=by, at=at)
    if offer.words and offer.words.box and not acceptance.box:
        raise BoxNotTicked(offer=offer)
    return offer, tickets.accept_fee(offer, by=by, given=given, at=at)


def _in_the_words_shown(offer: cases.Offer, acceptance: Acceptance, *, by: User, at: datetime) -> cases.Offer:
    """The same offer in another language of ours, when that is what was accepted. Raises OfferChanged when none is."""
    for language in cases.other_languages(offer.language):
        said = cases.offer(server=offer.server, user=by, at=at, language=language)
        if said.is_what(acceptance.amount_excl_cents, acceptance.text_sha256):
            return said
    raise OfferChanged(offer=offer)


def _page(server: Server, *, symptom: str, sentence: str, saw: str, by: User, at: datetime) -> Page:
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
    return paging.start(plan=pages.plan(server.customer.escalation), title=sentence, facts=facts, by=by.actor, at=at)


def _begin(ticket: Ticket, page: Page, *, at: datetime) -> None:
    said = {"symptom": ticket.symptom, "subject": ticket.subject, "body": ticket.body, "server": ticket.server.name}
    tickets.freeze_evidence(ticket, kind="declaration", text=ticket.subject, body=said, seen_at=at, at=at)
    if not same_trouble.opened(ticket, page, at=at):
        escalate.first(page, at=at)
    tell.receipt(ticket, at=at)
