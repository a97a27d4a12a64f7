"""The verbs of the case: open, accept the fee, take, resolve, decide, contest. Each writes here and leaves a line of history."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from astreinte.accounts.models import User
from astreinte.billing.models import Charge, Invoice
from astreinte.core import digests, timeline
from astreinte.core.actors import Actor
from astreinte.core.moves import move
from astreinte.customers.models import Server
from astreinte.paging.models import Page
from astreinte.tickets.files import Upload
from astreinte.tickets.models import Attachment, Consent, Dispute, Evidence, Message, Mode, Ticket, Verdict
from astreinte.tickets.queries import Offer
from astreinte.tickets.states import DISPUTE, TICKET, VERDICT, DisputeState, TicketState, VerdictState


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What the customer says when they open a ticket; `key` makes a double click one ticket."""

    symptom: str
    subject: str
    body: str
    language: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Given:
    """How the fee was accepted: from where, and what was on the screen."""

    channel: str
    ip: str = ""
    user_agent: str = ""
    shown_at: datetime | None = None
    known_shown: list[dict[str, Any]] = field(default_factory=list)


def accept_fee(offer: Offer, *, by: User, given: Given, at: datetime) -> Consent:
    """Freeze the acceptance: what was shown, word for word, and its SHA-256."""
    if offer.words is None or offer.policy is None:
        raise ValueError("An offer that is not available cannot be accepted.")
    server, words = offer.server, offer.words
    fields: dict[str, Any] = {
        "at": at,
        "by_name": by.name,
        "right": offer.right,
        "customer_name": server.customer.name,
        "customer_kind": server.customer.kind,
        "server_name": server.name,
        "plan_name": server.plan.name,
        "language": offer.language,
        "text": words.text,
        "text_sha256": words.text_sha256,
        "box_text": words.box,
        "button_label": words.button,
        "amount_excl_cents": offer.amount_excl_cents,
        "vat_rate": offer.vat_rate,
        "vat_category": offer.vat_category,
        "amount_incl_cents": offer.amount_incl_cents,
        "currency": offer.currency,
        "tariff_from": date.fromisoformat(offer.tariff_from),
        "policy_from": offer.policy.from_date,
        "policy_sha256": offer.policy.sha256,
        **asdict(given),
        "user_agent": given.user_agent[:500],
    }
    return Consent.objects.create(by=by, sha256=consent_sha256(by.pk, fields), **fields)


def consent_sha256(by_id: int, fields: Mapping[str, Any]) -> str:
    """The SHA-256 of a whole acceptance."""
    return digests.sha256(digests.canonical_json({"by": by_id, **fields}))


def open_ticket(opening: Opening, *, server: Server, by: User, actor: Actor, at: datetime, **urgent: Any) -> Ticket:
    """A new ticket, with the plan and the commitments of this moment. `urgent` carries page, consent and policy."""
    plan = server.plan
    ticket = Ticket.objects.create(
        mode=Mode.URGENT if urgent else Mode.STANDARD,
        customer=server.customer,
        server=server,
        opened_by=by,
        symptom=opening.symptom,
        subject=opening.subject,
        body=opening.body,
        language=opening.language,
        opening_key=opening.key,
        opened_at=at,
        urgent_at=at if urgent else None,
        plan_name=plan.name,
        gti_s=plan.gti_s,
        gtr_s=plan.gtr_s,
        availability=plan.availability,
        **urgent,
    )
    timeline.record(
        ticket, "ticket:opened", at=at, by=actor, story=ticket.story, mode=ticket.mode, **_consented(ticket)
    )
    return ticket


def _consented(ticket: Ticket) -> dict[str, Any]:
    consent = ticket.consent
    return {"consent_sha256": consent.sha256, "amount_excl_cents": consent.amount_excl_cents} if consent else {}


def make_urgent(ticket: Ticket, *, page: Page, consent: Consent, policy: Any, by: Actor, at: datetime) -> bool:
    """A standard ticket becomes urgent; False when it already is, or is over."""
    rows = Ticket.objects.filter(
        pk=ticket.pk, mode=Mode.STANDARD, state__in=[TicketState.OPEN, TicketState.ACKNOWLEDGED]
    )
    if not rows.update(mode=Mode.URGENT, page=page, consent=consent, policy=policy, urgent_at=at, acknowledged_at=None):
        return False
    ticket.refresh_from_db()
    timeline.record(ticket, "ticket:made-urgent", at=at, by=by, story=ticket.story, **_consented(ticket))
    return True


def acknowledge(ticket: Ticket, *, person: User, eta_at: datetime | None, by: Actor, at: datetime) -> Ticket:
    """A person has it. The first time only, the GTI clock stops."""
    return move(
        ticket,
        TICKET,
        to=TicketState.ACKNOWLEDGED,
        kind="ticket:acknowledged",
        at=at,
        by=by,
        story=ticket.story,
        data={"eta_at": eta_at.isoformat() if eta_at else None, "person": person.name},
        given={"state": TicketState.OPEN},
        acknowledged_at=ticket.acknowledged_at or at,
        acknowledged_by_id=ticket.acknowledged_by_id or person.pk,
        handled_by=person,
        eta_at=eta_at,
    )


def set_eta(ticket: Ticket, *, eta_at: datetime, by: Actor, at: datetime) -> None:
    """The one who has it says when they will be there."""
    Ticket.objects.filter(pk=ticket.pk).update(eta_at=eta_at)
    ticket.eta_at = eta_at
    timeline.record(ticket, "ticket:eta", at=at, by=by, story=ticket.story, eta_at=eta_at.isoformat())


def hand_over(ticket: Ticket, *, to: str, by: Actor, at: datetime) -> Ticket:
    """It goes back to ringing. The GTI clock stays where it stopped."""
    return move(
        ticket,
        TICKET,
        to=TicketState.OPEN,
        kind="ticket:handed-over",
        at=at,
        by=by,
        story=ticket.story,
        data={"to": to},
        given={"state": TicketState.ACKNOWLEDGED},
        handled_by=None,
        eta_at=None,
    )


def cancel(ticket: Ticket, *, by: Actor, at: datetime) -> Ticket:
    """The customer cancels, free, before anybody took charge."""
    return move(
        ticket,
        TICKET,
        to=TicketState.CANCELLED,
        kind="ticket:cancelled",
        at=at,
        by=by,
        story=ticket.story,
        given={"state": TicketState.OPEN, "acknowledged_at": None},
    )


def resolve(ticket: Ticket, *, summary: str, by: Actor, at: datetime) -> Ticket:
    """The service is back; the summary says what was done."""
    return move(
        ticket,
        TICKET,
        to=TicketState.RESOLVED,
        kind="ticket:resolved",
        at=at,
        by=by,
        story=ticket.story,
        resolved_at=at,
        summary=summary,
        acknowledged_at=ticket.acknowledged_at or at,
    )


def reopen(ticket: Ticket, *, person: User | None, by: Actor, at: datetime) -> Ticket:
    """It was not over: an engineer has it again."""
    return move(
        ticket,
        TICKET,
        to=TicketState.ACKNOWLEDGED,
        kind="ticket:reopened",
        at=at,
        by=by,
        story=ticket.story,
        given={"state": TicketState.RESOLVED},
        resolved_at=None,
        handled_by=person,
    )


def say(
    ticket: Ticket, *, author: User, body: str, internal: bool, uploads: Sequence[Upload], by: Actor, at: datetime
) -> Message:
    """A word in the conversation, with its files."""
    message = Message.objects.create(
        ticket=ticket, author=author, by_staff=author.is_staff_member, internal=internal, body=body, at=at
    )
    for upload in uploads:
        Attachment.objects.create(message=message, **asdict(upload))
    kind = "message:internal" if internal else "message:public"
    timeline.record(message, kind, at=at, by=by, story=ticket.story, files=len(uploads))
    return message


def freeze_evidence(ticket: Ticket, *, kind: str, text: str, body: Any, seen_at: datetime, at: datetime) -> Evidence:
    """Copy something the verdict may rest on. Evidence is never changed: freeze again to add."""
    frozen = digests.canonical_json(body)
    return Evidence.objects.create(
        ticket=ticket, kind=kind, text=text[:500], body=frozen, at=seen_at, frozen_at=at, sha256=digests.sha256(frozen)
    )


def record_verdict(
    ticket: Ticket,
    *,
    clause: str,
    coverage: str,
    justification: str,
    evidence: Sequence[Evidence],
    charge: Charge | None,
    person: User,
    by: Actor,
    at: datetime,
) -> Verdict:
    """What the person decided. One verdict a ticket: a second one is refused by the database."""
    verdict = Verdict.objects.create(
        ticket=ticket,
        clause=clause,
        coverage=coverage,
        justification=justification,
        given_by=person,
        given_at=at,
        consent=ticket.consent,
        charge=charge,
    )
    verdict.evidence.set(evidence)
    timeline.record(
        verdict,
        "verdict:given",
        at=at,
        by=by,
        story=ticket.story,
        clause=clause,
        coverage=coverage,
        evidence=[one.sha256 for one in evidence],
        justification_sha256=digests.sha256(justification),
    )
    return verdict


def overturn(verdict: Verdict, *, credit_note: Invoice | None, by: Actor, at: datetime) -> Verdict:
    """The dispute was right: the verdict does not stand."""
    return move(
        verdict,
        VERDICT,
        to=VerdictState.OVERTURNED,
        kind="verdict:overturned",
        at=at,
        by=by,
        story=verdict.ticket.story,
        credit_note=credit_note,
    )


def open_dispute(verdict: Verdict, *, reason: str, person: User, by: Actor, at: datetime) -> Dispute:
    """The customer contests."""
    dispute = Dispute.objects.create(verdict=verdict, reason=reason, opened_by=person, opened_at=at)
    timeline.record(dispute, "dispute:opened", at=at, by=by, story=verdict.ticket.story)
    return dispute


def decide_dispute(dispute: Dispute, *, upheld: bool, answer: str, person: User, by: Actor, at: datetime) -> Dispute:
    """Another person's dated answer."""
    to = DisputeState.UPHELD if upheld else DisputeState.DISMISSED
    return move(
        dispute,
        DISPUTE,
        to=to,
        kind="dispute:decided",
        at=at,
        by=by,
        story=dispute.verdict.ticket.story,
        data={"upheld": upheld},
        decided_by=person,
        decided_at=at,
        answer=answer,
    )
