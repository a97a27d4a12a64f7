"""The verbs of the decision: freeze evidence, record the verdict, contest it, decide, overturn."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from astreinte.accounts.models import User
from astreinte.billing.models import Charge, Invoice
from astreinte.core import digests, rows, timeline
from astreinte.core.actors import SYSTEM, Actor
from astreinte.core.moves import move
from astreinte.tickets.models import Dispute, Evidence, ProposedVerdict, Ticket, Verdict
from astreinte.tickets.proofs import evidence_sha256
from astreinte.tickets.states import DISPUTE, VERDICT, DisputeState, VerdictState


def freeze_evidence(ticket: Ticket, *, kind: str, text: str, body: Any, seen_at: datetime, at: datetime) -> Evidence:
    """Copy something the verdict may rest on. Evidence is never changed: freeze again to add."""
    frozen = digests.canonical_json(body)
    evidence = rows.insert(
        Evidence(
            ticket=ticket,
            kind=kind,
            text=text[:500],
            body=frozen,
            at=seen_at,
            frozen_at=at,
            sha256=digests.sha256(frozen),
        )
    )
    # in a story of its own: it is proof that nothing was removed, not news for the customer
    story = f"{ticket.story}/evidence"
    timeline.record(evidence, "evidence:frozen", at=at, by=SYSTEM, story=story, sha256=evidence_sha256(evidence))
    return evidence


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


def propose_verdict(
    ticket: Ticket,
    *,
    clause: str,
    justification: str,
    evidence: Sequence[Evidence],
    person: User,
    by: Actor,
    at: datetime,
) -> ProposedVerdict:
    """It goes against the advice: a second person confirms it, or gives another one. In place of what was proposed before."""
    settle_proposals(ticket, person=person, at=at)
    proposal = ProposedVerdict.objects.create(
        ticket=ticket, clause=clause, justification=justification, proposed_by=person, proposed_at=at
    )
    proposal.evidence.set(evidence)
    timeline.record(proposal, "verdict:proposed", at=at, by=by, story=f"{ticket.story}/inside", clause=clause)
    return proposal


def settle_proposals(ticket: Ticket, *, person: User, at: datetime) -> None:
    """Whatever waited does not wait any more."""
    ProposedVerdict.objects.filter(ticket=ticket, settled_at=None).update(settled_by=person, settled_at=at)


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
