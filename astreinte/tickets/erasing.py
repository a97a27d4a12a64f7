"""What one person typed in the cases of the desk, and whether it may be erased now. Reads only."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from astreinte.accounts.models import User
from astreinte.core.refusals import Refusal
from astreinte.tickets import packs, refusals
from astreinte.tickets import queries as cases
from astreinte.tickets.models import (
    Attachment,
    Consent,
    Diagnosis,
    Dispute,
    Evidence,
    Message,
    Mode,
    Review,
    Ticket,
    Verdict,
)
from astreinte.tickets.states import DisputeState, ReviewState, TicketState


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What somebody typed in one case; `opened`: the case itself is theirs."""

    ticket: Ticket
    opened: bool
    messages: list[Message]
    disputes: list[Dispute]
    evidence: list[Evidence]


def typed_by(person: User) -> list[Typed]:
    """Every case this person opened, wrote in or contested, oldest first."""
    wrote = Message.objects.filter(author=person, erased_at=None).values("ticket")
    contested = Dispute.objects.filter(opened_by=person).values("verdict__ticket")
    theirs = Q(opened_by=person) | Q(pk__in=wrote) | Q(pk__in=contested)
    return [_typed(ticket, person) for ticket in Ticket.objects.filter(theirs).select_related("page").order_by("pk")]


def _typed(ticket: Ticket, person: User) -> Typed:
    messages = list(Message.objects.filter(ticket=ticket, author=person, erased_at=None).order_by("pk"))
    disputes = list(Dispute.objects.filter(verdict__ticket=ticket, opened_by=person))
    opened = ticket.opened_by_id == person.pk
    kept = Evidence.objects.filter(ticket=ticket, erased_at=None).order_by("pk")
    evidence = [one for one in kept if _is_theirs(one, opened=opened, contested=bool(disputes), messages=messages)]
    return Typed(ticket=ticket, opened=opened, messages=messages, disputes=disputes, evidence=evidence)


def _is_theirs(one: Evidence, *, opened: bool, contested: bool, messages: list[Message]) -> bool:
    """What they declared, wrote or contested, as it was frozen."""
    if one.kind == "message":
        said = (one.at, json.loads(one.body).get("body"))
        return said in [(message.at, message.body) for message in messages]
    return opened if one.kind == "declaration" else contested and one.kind == "decision"


def files_of(person: User) -> int:
    """How many files they attached."""
    return Attachment.objects.filter(message__author=person).count()


def acceptances_of(person: User) -> int:
    """How many fees they accepted: those stay, for the law."""
    return Consent.objects.filter(by=person).count()


def diagnoses_of(person: User) -> QuerySet[Diagnosis]:
    """Those with a text of theirs: that they wrote, or the sentence of their case, whoever looked at it again."""
    wrote = Q(started_by=person) & (Q(ticket=None) | ~Q(text=F("ticket__subject")))
    return Diagnosis.objects.filter(wrote | Q(ticket__opened_by=person)).exclude(text="")


def to_remove() -> QuerySet[Attachment]:
    """The files of messages that were erased."""
    return Attachment.objects.filter(message__erased_at__isnull=False)


def not_over(ticket: Ticket) -> Refusal | None:
    """Why what was typed in this case cannot be erased yet; None when it can."""
    verdict = cases.verdict_of(ticket)
    return next((why(ref=ticket.ref) for why, holds in _reasons(ticket, verdict) if holds()), None)


def _reasons(ticket: Ticket, verdict: Verdict | None) -> Iterator[tuple[type[Refusal], Callable[[], bool]]]:
    yield refusals.StillOpen, lambda: ticket.state in {TicketState.OPEN, TicketState.ACKNOWLEDGED}
    decided = ticket.mode != Mode.URGENT or ticket.state != TicketState.RESOLVED or verdict is not None
    yield refusals.StillUndecided, lambda: not decided
    yield refusals.StillDisputed, lambda: _is_disputed(verdict)
    yield refusals.StillUnbilled, lambda: _is_unbilled(verdict)
    yield refusals.StillUnsealed, lambda: packs.to_come(ticket).exists()


def _is_disputed(verdict: Verdict | None) -> bool:
    disputes = Dispute.objects.filter(verdict=verdict, state=DisputeState.OPEN)
    return disputes.exists() or Review.objects.filter(verdict=verdict, state=ReviewState.OPEN).exists()


def _is_unbilled(verdict: Verdict | None) -> bool:
    charge = verdict.charge if verdict else None
    return charge is not None and charge.invoice_id is None and charge.cancelled_at is None
