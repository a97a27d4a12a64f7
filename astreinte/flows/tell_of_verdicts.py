"""Tells of verdicts: the letter that goes before any bill, what became of it, the dispute, its day and its answer, the review."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import User
from astreinte.customers import queries as customers
from astreinte.flows.tell import by_email, customer_side, of_ticket, rehearsing
from astreinte.tickets import letters, packs, rehearsals
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Dispute, Review, Ticket, Verdict
from astreinte.tickets.rules.offer import clause_in_words

LETTER = letters.KIND


def letter_of(verdict: Verdict, *, at: datetime, again: bool = False) -> None:
    """The verdict in plain words, with its evidence and how to contest: before any invoice. `again`: the first one was lost."""
    once = f"{verdict.pk}/{at.isoformat()}" if again else str(verdict.pk)
    context = {**of_ticket(verdict.ticket), **_would_cost(verdict.ticket), **_said(verdict)}
    people = _those_who_pay(verdict.ticket)
    by_email(people, kind=LETTER, about=verdict.ticket.story, once=once, context=context, at=at, priority=3)


def _would_cost(ticket: Ticket) -> dict[str, Any]:
    """Of a rehearsal: what a real one would have cost, were it not covered."""
    shown = rehearsals.shown(ticket) if ticket.is_rehearsal else {}
    return {"would_excl": shown["amount_excl_cents"], "would_incl": shown["amount_incl_cents"]} if shown else {}


def _said(verdict: Verdict) -> dict[str, Any]:
    sealed = packs.sealed(verdict.ticket).last()
    return {
        "clause": verdict.clause,
        "clause_words": clause_in_words(verdict.clause),
        "coverage": verdict.coverage,
        "justification": verdict.justification,
        "summary": verdict.ticket.summary,
        "evidence": [one.text for one in verdict.evidence.all()],
        "receipt": sealed.sha256 if sealed else "",
        "amount_excl": verdict.charge.amount_cents if verdict.charge else 0,
        "amount_incl": verdict.consent.amount_incl_cents if verdict.charge and verdict.consent else 0,
        "currency": "EUR",
        "by": verdict.given_by.name,
        "contest_until": (verdict.given_at + cases.CONTEST_FOR).isoformat(),
    }


def _those_who_pay(ticket: Ticket) -> Iterable[User]:
    """Those concerned by the server, and those who read the bills; each once. Of a rehearsal, whoever rehearses."""
    if ticket.is_rehearsal:
        return rehearsing(ticket)
    concerned = [*customer_side(ticket), *customers.billing_contacts(ticket.customer)]
    return {person.pk: person for person in concerned}.values()


def letter_is_lost(verdict: Verdict, *, at: datetime) -> None:
    """To the managers: nobody could be written to, so nothing is billed."""
    context = {**of_ticket(verdict.ticket), "path": "/console/bills/"}
    people, about = accounts.holders("manager"), verdict.ticket.story
    by_email(people, kind="letter_lost", about=about, once=at.isoformat(), context=context, at=at, priority=3)


def _deciders(verdict: Verdict) -> list[User]:
    """The managers who did not give the verdict; all of them when there is no other."""
    managers = accounts.holders("manager")
    return [one for one in managers if one.pk != verdict.given_by_id] or managers


def contested(dispute: Dispute, *, at: datetime) -> None:
    """To the managers: a verdict is contested, another person decides."""
    _to_deciders(dispute, kind="contested", at=at)


def answer_is_due(dispute: Dispute, *, late: bool, at: datetime) -> None:
    """To the managers: the day that the customer was promised comes near, or has passed."""
    _to_deciders(dispute, kind="answer_late" if late else "answer_due", at=at)


def _to_deciders(dispute: Dispute, *, kind: str, at: datetime) -> None:
    verdict = dispute.verdict
    context = {
        **of_ticket(verdict.ticket),
        "reason": dispute.reason,
        "by": dispute.opened_by.name,
        "answer_by": dispute.answer_by.isoformat() if dispute.answer_by else "",
        "path": f"/console/cases/{verdict.ticket.ref}/",
    }
    people, about = _deciders(verdict), verdict.ticket.story
    by_email(people, kind=kind, about=about, once=str(dispute.pk), context=context, at=at)


def decided(dispute: Dispute, *, upheld: bool, at: datetime) -> None:
    """To the customer: the dated answer, and the letter again with what it comes to."""
    ticket = dispute.verdict.ticket
    people = {person.pk: person for person in [dispute.opened_by, *_those_who_pay(ticket)]}
    context = {
        **of_ticket(ticket),
        **_said(dispute.verdict),
        "upheld": upheld,
        "answer": dispute.answer,
        "by": dispute.decided_by.name if dispute.decided_by else "",
    }
    by_email(people.values(), kind="decided", about=ticket.story, once=str(dispute.pk), context=context, at=at)


def flagged(review: Review, *, at: datetime) -> None:
    """To the customer, in a sentence; and to the managers, who decide."""
    ticket = review.verdict.ticket
    context = {**of_ticket(ticket), "title": review.incident.title, "began_at": review.incident.opened_at.isoformat()}
    mine = {**context, "path": f"/console/cases/{ticket.ref}/"}
    about, once = ticket.story, str(review.pk)
    by_email(_those_who_pay(ticket), kind="review_opened", about=about, once=once, context=context, at=at)
    by_email(_deciders(review.verdict), kind="review_due", about=about, once=once, context=mine, at=at)


def reviewed(review: Review, *, at: datetime) -> None:
    """To the customer: what came of it."""
    ticket = review.verdict.ticket
    said = {"covered": review.state == "covered", "answer": review.answer, "title": review.incident.title}
    context = {**of_ticket(ticket), **said}
    people = _those_who_pay(ticket)
    by_email(people, kind="review_decided", about=ticket.story, once=str(review.pk), context=context, at=at)
