"""The customer contests within 30 days; another person decides; accepted means a credit note by itself."""

from datetime import datetime

from astreinte.accounts.models import User
from astreinte.billing import actions as billing
from astreinte.billing.models import Invoice
from astreinte.core import words
from astreinte.core.moves import CannotMove
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import issue_invoices, seal_evidence
from astreinte.flows import tell_of_verdicts as tell
from astreinte.tickets import actions as tickets
from astreinte.tickets import disputes, refusals, reviews
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Dispute, Moment, Ticket, Verdict

NothingToContest, TooLateToContest = refusals.NothingToContest, refusals.TooLateToContest
AlreadyContested, SamePerson, NoDispute = refusals.AlreadyContested, refusals.SamePerson, refusals.NoDispute


class NoReason(Refusal):
    """Say in a sentence why."""

    slug = "no-reason"
    status = 422


@all_or_nothing
def open(ticket: Ticket, *, reason: str, by: User, at: datetime) -> Dispute:  # noqa: A001 - contest.open is what it is called
    """Contest the verdict that bills: nothing more is invoiced until somebody else has decided."""
    try:
        tickets.hold(ticket, states=("resolved", "closed"))
    except CannotMove as early:
        raise NothingToContest from early
    verdict = cases.verdict_of(ticket)
    if verdict is None or verdict.charge is None or verdict.state != "given":
        raise NothingToContest
    if cases.dispute_of(verdict):
        raise AlreadyContested
    if not cases.may_contest(verdict, at=at):
        raise TooLateToContest(given_on=verdict.given_at.date().isoformat())
    if words.says_nothing(reason):
        raise NoReason
    answer_by = at + disputes.answer_within()
    dispute = tickets.open_dispute(verdict, reason=reason.strip(), answer_by=answer_by, person=by, by=by.actor, at=at)
    billing.hold(verdict.charge, by=by.actor, at=at)
    tell.contested(dispute, at=at)
    return dispute


@all_or_nothing
def decide(ticket: Ticket, *, upheld: bool, answer: str, by: User, at: datetime) -> Dispute:
    """Answer the dispute. Upheld: the verdict is overturned, and what was invoiced is credited."""
    try:
        tickets.hold(ticket, states=("resolved", "closed"))
    except CannotMove as early:
        raise NoDispute from early
    verdict = cases.verdict_of(ticket)
    dispute = cases.dispute_of(verdict)
    if verdict is None or dispute is None or dispute.state != "open":
        raise NoDispute
    if by.pk in {verdict.given_by_id, dispute.opened_by_id}:
        raise SamePerson
    if words.says_nothing(answer):
        raise NoReason
    tickets.decide_dispute(dispute, upheld=upheld, answer=answer.strip(), person=by, by=by.actor, at=at)
    if upheld:
        _all_is_settled(verdict, answer=answer.strip(), by=by, at=at)
        give_back(verdict, because="credit", by=by, at=at)
    else:
        bill_again(verdict, by=by, at=at)
    seal_evidence.decided(ticket, moment=Moment.DECISION, at=at)
    tell.decided(dispute, upheld=upheld, at=at)
    return dispute


def _all_is_settled(verdict: Verdict, *, answer: str, by: User, at: datetime) -> None:
    """A review of it asks for nothing more."""
    review = reviews.open_of(verdict)
    if review:
        tickets.decide_review(review, covered=True, answer=answer, person=by, by=by.actor, at=at)


def give_back(verdict: Verdict, *, because: str, by: User, at: datetime) -> None:
    """The verdict does not stand: its charge is cancelled, or credited once it was invoiced. `because`: see issue_invoices.WORDS."""
    note = _credit_note(verdict, because=because, by=by, at=at)
    tickets.overturn(verdict, credit_note=note, by=by.actor, at=at)


def bill_again(verdict: Verdict, *, by: User, at: datetime) -> None:
    """The verdict stands: its charge goes on, unless somebody else has still to decide."""
    dispute = cases.dispute_of(verdict)
    waits = reviews.open_of(verdict) or (dispute and dispute.state == "open")
    if verdict.charge and not waits:
        billing.let_go(verdict.charge, by=by.actor, at=at)


def _credit_note(verdict: Verdict, *, because: str, by: User, at: datetime) -> Invoice | None:
    charge = verdict.charge
    if charge is None or billing.cancel(charge, by=by.actor, at=at):
        return None
    charge.refresh_from_db()
    return issue_invoices.credit(charge.invoice, because=because, by=by.actor, at=at) if charge.invoice else None
