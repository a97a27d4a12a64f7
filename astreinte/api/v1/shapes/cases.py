"""Fills the shapes of a ticket from its rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from astreinte.api.v1.shapes.common import amount, name_of
from astreinte.api.v1.shapes.invoices import InvoiceOut, invoice_out
from astreinte.api.v1.shapes.pages import summary_out
from astreinte.api.v1.shapes.servers import CustomerOut
from astreinte.api.v1.shapes.tickets import (
    AttachmentOut,
    ClockOut,
    Clocks,
    ConsentOut,
    DisputeOut,
    EvidenceOut,
    Line,
    MessageOut,
    TicketOut,
    TicketSummary,
    VerdictOut,
)
from astreinte.core.models import TimelineEntry
from astreinte.guarantee.rules.clocks import Clock
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Attachment, Consent, Dispute, Evidence, Message, ProposedVerdict, Ticket, Verdict


@dataclass(frozen=True, kw_only=True)
class Case:
    """What belongs to a ticket and its reader may see."""

    evidence: Iterable[Evidence]
    messages: Iterable[Message]
    lines: Iterable[TimelineEntry]
    proposed: ProposedVerdict | None = None


def _clock(clock: Clock | None) -> ClockOut | None:
    if clock is None:
        return None
    kept = clock.is_kept(at=clock.stopped_at) if clock.stopped_at else None
    return ClockOut(started_at=clock.started_at, due_at=clock.due_at, stopped_at=clock.stopped_at, kept=kept)


def verdict_out(verdict: Verdict) -> VerdictOut:
    """What was decided."""
    until = verdict.given_at + cases.CONTEST_FOR if verdict.charge_id and verdict.state == "given" else None
    return VerdictOut.model_validate(
        {
            "state": verdict.state,
            "clause": verdict.clause,
            "coverage": verdict.coverage,
            "justification": verdict.justification,
            "evidence": [one.public_id for one in verdict.evidence.all()],
            "given_by": verdict.given_by.name,
            "given_at": verdict.given_at,
            "may_contest_until": until,
        }
    )


def proposed_out(one: ProposedVerdict) -> VerdictOut:
    """For the staff: what waits for a second person."""
    return VerdictOut.model_validate(
        {
            "state": "to-review",
            "clause": one.clause,
            "coverage": "excluded",
            "justification": one.justification,
            "evidence": [proof.public_id for proof in one.evidence.all()],
            "given_by": one.proposed_by.name,
            "given_at": one.proposed_at,
            "may_contest_until": None,
        }
    )


def _dispute(dispute: Dispute | None) -> DisputeOut | None:
    if dispute is None:
        return None
    return DisputeOut(
        state=dispute.state,
        reason=dispute.reason,
        opened_by=dispute.opened_by.name,
        opened_at=dispute.opened_at,
        decided_by=name_of(dispute.decided_by),
        decided_at=dispute.decided_at,
        answer=dispute.answer or None,
    )


def _consent(consent: Consent | None) -> ConsentOut | None:
    if consent is None:
        return None
    return ConsentOut(
        by=consent.by_name,
        at=consent.at,
        amount_excl_vat=amount(consent.amount_excl_cents),
        amount_incl_vat=amount(consent.amount_incl_cents),
        vat_rate=consent.vat_rate,
        currency=consent.currency,
        text_sha256=consent.text_sha256,
        sha256=consent.sha256,
    )


def _invoice(verdict: Verdict | None, *, billed: bool) -> InvoiceOut | None:
    charge = verdict.charge if verdict and billed else None
    return invoice_out(charge.invoice) if charge and charge.invoice else None


def _fields(ticket: Ticket, *, billed: bool) -> dict[str, Any]:
    verdict: Verdict | None = getattr(ticket, "verdict", None)
    return {
        "ref": ticket.ref,
        "mode": "urgent" if ticket.is_urgent else "standard",
        "rehearsal": ticket.is_rehearsal,
        "state": ticket.state,
        "server": ticket.server.name,
        "customer": CustomerOut(ref=ticket.customer.ref, name=ticket.customer.name),
        "symptom": ticket.symptom,
        "subject": ticket.subject,
        "opened_by": ticket.opened_by.name,
        "opened_at": ticket.opened_at,
        "handled_by": name_of(ticket.handled_by),
        "eta_at": ticket.eta_at,
        "resolved_at": ticket.resolved_at,
        "page": summary_out(ticket.page) if ticket.page else None,
        "clocks": Clocks(gti=_clock(cases.gti(ticket)), gtr=_clock(cases.gtr(ticket))),
        "verdict": verdict_out(verdict) if verdict else None,
        "dispute": _dispute(getattr(verdict, "dispute", None)),
        "invoice": _invoice(verdict, billed=billed),
    }


def summary_of(ticket: Ticket, *, billed: bool) -> TicketSummary:
    """A ticket in a list. `billed`: whether the reader sees this customer's bills."""
    return TicketSummary(**_fields(ticket, billed=billed))


def ticket_out(ticket: Ticket, case: Case, *, billed: bool) -> TicketOut:
    """A whole case."""
    fields = _fields(ticket, billed=billed)
    if case.proposed and fields["verdict"] is None:
        fields["verdict"] = proposed_out(case.proposed)
    return TicketOut(
        **fields,
        body=ticket.body,
        summary=ticket.summary or None,
        consent=_consent(ticket.consent),
        evidence=[piece_out(one) for one in case.evidence],
        messages=[message_out(one) for one in case.messages],
        timeline=[Line(number=e.pk, kind=e.kind, at=e.at, by=e.by_name, data=e.data) for e in case.lines],
    )


def piece_out(one: Evidence) -> EvidenceOut:
    said = {"kind": one.kind, "text": one.text, "sha256": one.sha256}
    return EvidenceOut(id=one.public_id, at=one.at, erased_at=one.erased_at, **said)


def attachment_out(one: Attachment) -> AttachmentOut:
    return AttachmentOut(
        id=one.public_id, name=one.name, content_type=one.content_type, size=one.size, sha256=one.sha256
    )


def message_out(message: Message) -> MessageOut:
    """A word of the conversation with its files."""
    return MessageOut(
        id=message.public_id,
        author=message.author.name,
        by_staff=message.by_staff,
        internal=message.internal,
        body=message.body,
        at=message.at,
        attachments=[attachment_out(one) for one in message.attachments.all()],
        erased_at=message.erased_at,
    )
