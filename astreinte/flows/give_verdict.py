"""The engineer decides: one clause, one justification, the evidence it rests on. The letter leaves before any invoice."""

from collections.abc import Sequence
from datetime import datetime

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import User
from astreinte.billing import actions as billing
from astreinte.billing.models import Charge
from astreinte.core import words
from astreinte.core.moves import CannotMove
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import seal_evidence
from astreinte.flows import tell_of_verdicts as tell
from astreinte.guarantee.rules import clauses
from astreinte.tickets import actions as tickets
from astreinte.tickets import diagnoses, proposals, refusals, reviews
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Evidence, Moment, Ticket, Verdict
from astreinte.tickets.rules.offer import clause_in_words

NotResolvedYet, NotUrgent, UnknownClause = refusals.NotResolvedYet, refusals.NotUrgent, refusals.UnknownClause
NoEvidence, NoConsent, AlreadyGiven = refusals.NoEvidence, refusals.NoConsent, refusals.AlreadyGiven
CoveredByIncident, PerhapsOurs = refusals.CoveredByIncident, refusals.PerhapsOurs


class NoJustification(Refusal):
    """Justify the verdict in a sentence: the customer will read it."""

    slug = "no-justification"
    status = 422


@all_or_nothing
def give(
    ticket: Ticket, *, clause: str, justification: str, evidence: Sequence[Evidence], by: User, at: datetime
) -> Verdict | None:
    """Give the verdict. Covered or undetermined: no line on any invoice, ever. Excluded: exactly one charge, as accepted.

    A rehearsal accepted nothing, and makes none. None when it would bill what the diagnosis advises
    is ours: it waits for a manager who did not propose it.
    """
    coverage = _coverage(ticket, clause)
    if words.says_nothing(justification):
        raise NoJustification
    if any(one.ticket_id != ticket.pk for one in evidence) or (coverage == "excluded" and not evidence):
        raise NoEvidence
    if coverage == "excluded":
        _refuse_a_covered_incident(ticket)
        if _waits(ticket, clause=clause, by=by):
            tickets.propose_verdict(
                ticket,
                clause=clause,
                justification=justification.strip(),
                evidence=evidence,
                person=by,
                by=by.actor,
                at=at,
            )
            return None
    tickets.settle_proposals(ticket, person=by, at=at)
    billed = coverage == "excluded" and not ticket.is_rehearsal
    charge = _charge(ticket, clause=clause, evidence=evidence, by=by, at=at) if billed else None
    verdict = tickets.record_verdict(
        ticket,
        clause=clause,
        coverage=coverage,
        justification=justification.strip(),
        evidence=evidence,
        charge=charge,
        known=_background(ticket),
        person=by,
        by=by.actor,
        at=at,
    )
    seal_evidence.decided(ticket, moment=Moment.VERDICT, at=at)
    tell.letter_of(verdict, at=at)
    return verdict


def _background(ticket: Ticket) -> tickets.Background:
    forecast, confidence = diagnoses.forecast(ticket)
    return tickets.Background(
        forecast=forecast,
        forecast_confidence=confidence,
        advised=diagnoses.advised(ticket),
        incidents=tuple(reviews.incidents_of(ticket)),
    )


def _waits(ticket: Ticket, *, clause: str, by: User) -> bool:
    """Whether a second person has still to say the same."""
    if diagnoses.advised(ticket) != "covered":
        return False
    before = proposals.of_ticket(ticket)
    seconded = before is not None and before.clause == clause and before.proposed_by_id != by.pk
    return not (seconded and by.has_role("manager"))


def _coverage(ticket: Ticket, clause: str) -> clauses.Coverage:
    if not ticket.is_urgent or ticket.policy is None:
        raise NotUrgent
    try:
        tickets.hold(ticket, states=("resolved", "closed"))
    except CannotMove as early:
        raise NotResolvedYet from early
    if cases.verdict_of(ticket):
        raise AlreadyGiven
    coverage = clauses.coverage(clause, covered=ticket.policy.covered, excluded=ticket.policy.excluded)
    if coverage is None:
        raise UnknownClause
    return coverage


def _refuse_a_covered_incident(ticket: Ticket) -> None:
    """What our monitoring found down, and the policy of the ticket covers, is nobody's bill; nor is what may be."""
    if ticket.incident and ticket.incident.state == "suspected":
        raise PerhapsOurs(title=ticket.incident.title)
    if ticket.incident and ticket.policy and ticket.incident.clause in ticket.policy.covered:
        raise CoveredByIncident(title=ticket.incident.title)


def _charge(ticket: Ticket, *, clause: str, evidence: Sequence[Evidence], by: User, at: datetime) -> Charge:
    consent, provider = ticket.consent, accounts.provider()
    if consent is None or provider is None:
        raise NoConsent
    return billing.charge(
        key=ticket.story,
        customer=ticket.customer,
        ticket_ref=ticket.ref,
        description={
            "server": ticket.server.name,
            "symptom": ticket.symptom,
            "subject": ticket.subject,
            "clause": clause_in_words(clause),
            "accepted_on": cases.local_day(consent.at, provider).date().isoformat(),
            "accepted_by": consent.by_name,
            "consent": consent.sha256,
            "evidence": [one.sha256 for one in evidence],
        },
        amount_cents=consent.amount_excl_cents,
        vat_rate=consent.vat_rate,
        vat_category=consent.vat_category,
        performed_on=cases.local_day(ticket.resolved_at or at, provider).date(),
        by=by.actor,
        at=at,
    )
