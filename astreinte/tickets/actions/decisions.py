"""The verbs of the decision: freeze evidence, record the verdict, contest it, review it, decide, overturn."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from astreinte.accounts.models import User
from astreinte.billing.models import Charge, Invoice
from astreinte.core import digests, rows, timeline
from astreinte.core.actors import SYSTEM, Actor
from astreinte.core.moves import move
from astreinte.monitoring.models import Incident
from astreinte.tickets.models import Dispute, Evidence, ProposedVerdict, Review, Ticket, Verdict
from astreinte.tickets.packs import commitment
from astreinte.tickets.proofs import evidence_sha256
from astreinte.tickets.states import DISPUTE, REVIEW, VERDICT, DisputeState, ReviewState, VerdictState


@dataclass(frozen=True, kw_only=True)
class Background:
    """What was known when a verdict was given: what was advised, first and last, and the incidents of the time of the ticket."""

    forecast: str = ""
    forecast_confidence: str = ""
    advised: str = ""
    incidents: tuple[Incident, ...] = ()


def freeze_evidence(ticket: Ticket, *, kind: str, text: str, body: Any, seen_at: datetime, at: datetime) -> Evidence:
    """Copy something the verdict may rest on. Evidence is never changed: freeze again to add."""
    evidence = Evidence(
        ticket=ticket,
        kind=kind,
        text=text[:500],
        body=digests.canonical_json(body),
        at=seen_at,
        frozen_at=at,
        salted=True,
        salt=secrets.token_hex(32),
    )
    evidence.sha256 = commitment(evidence)
    rows.insert(evidence)
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
    known: Background,
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
        forecast=known.forecast,
        forecast_confidence=known.forecast_confidence,
        advised=known.advised,
    )
    verdict.evidence.set(evidence)
    verdict.weighed.set(known.incidents)
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
    """A dispute or a review says so: the verdict does not stand."""
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


def open_dispute(
    verdict: Verdict, *, reason: str, answer_by: datetime, person: User, by: Actor, at: datetime
) -> Dispute:
    """The customer contests, and is promised an answer by a day."""
    dispute = Dispute.objects.create(
        verdict=verdict, reason=reason, answer_by=answer_by, opened_by=person, opened_at=at
    )
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


def remind_of_dispute(dispute: Dispute, *, at: datetime) -> bool:
    """Those who decide are told that its day comes near. False when they were."""
    waiting = Dispute.objects.filter(pk=dispute.pk, state=DisputeState.OPEN, reminded_at=None)
    return bool(waiting.update(reminded_at=at))


def dispute_is_late(dispute: Dispute, *, at: datetime) -> bool:
    """Its day has passed without an answer. False when that was told."""
    waiting = Dispute.objects.filter(pk=dispute.pk, state=DisputeState.OPEN, late_told_at=None)
    if not waiting.update(late_told_at=at, reminded_at=dispute.reminded_at or at):
        return False
    timeline.record(dispute, "dispute:late", at=at, by=SYSTEM, story=dispute.verdict.ticket.story)
    return True


def open_review(verdict: Verdict, incident: Incident, *, at: datetime) -> Review:
    """An incident that was not known then covers the time of this verdict: somebody looks at it again."""
    review = Review.objects.create(verdict=verdict, incident=incident, opened_at=at)
    story, said = verdict.ticket.story, {"incident": str(incident.public_id), "title": incident.title}
    timeline.record(review, "review:opened", at=at, by=SYSTEM, story=story, **said)
    return review


def decide_review(review: Review, *, covered: bool, answer: str, person: User, by: Actor, at: datetime) -> Review:
    """What a person says of it, now that the incident is known."""
    return move(
        review,
        REVIEW,
        to=ReviewState.COVERED if covered else ReviewState.STANDS,
        kind="review:decided",
        at=at,
        by=by,
        story=review.verdict.ticket.story,
        data={"covered": covered},
        decided_by=person,
        decided_at=at,
        answer=answer,
    )
