"""An incident known later covers the time of a verdict that bills: it is looked at again, and what was billed in error is given back."""

from datetime import datetime

from astreinte.accounts.models import User
from astreinte.billing import actions as billing
from astreinte.core import words
from astreinte.core.actors import SYSTEM
from astreinte.core.moves import CannotMove
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing, yields_to_twin
from astreinte.flows import contest, seal_evidence
from astreinte.flows import tell_of_verdicts as tell
from astreinte.tickets import actions as tickets
from astreinte.tickets import queries as cases
from astreinte.tickets import refusals, reviews
from astreinte.tickets.models import Moment, Review, Ticket, Verdict

NoReason, SamePerson = contest.NoReason, refusals.SamePerson
STATES = ("resolved", "closed")


class NoReview(Refusal):
    """No review of the verdict of this ticket waits for an answer."""

    slug = "no-review"


def look(*, at: datetime) -> int:
    """Flag every standing verdict that bills and that an incident of ours now covers. Answers how many."""
    return sum(_flagged(verdict, at=at) for verdict in reviews.to_flag())


@yields_to_twin
@all_or_nothing
def _flagged(verdict: Verdict, *, at: datetime) -> bool:
    """Once for an incident; nothing more is invoiced until somebody has decided."""
    tickets.hold(verdict.ticket, states=STATES)  # nobody decides it between the look and the write
    now = cases.verdict_of(verdict.ticket)
    incident = reviews.not_weighed(verdict)
    if now is None or now.state != "given" or now.charge is None or incident is None or reviews.open_of(now):
        return False
    review = tickets.open_review(now, incident, at=at)
    billing.hold(now.charge, by=SYSTEM, at=at)
    tell.flagged(review, at=at)
    return True


@all_or_nothing
def decide(ticket: Ticket, *, covered: bool, answer: str, by: User, at: datetime) -> Review:
    """Covered after all: nothing is due, and what was invoiced is credited. Else the verdict stands.

    Whoever gave the verdict may say that it was wrong, not that it was right: SamePerson.
    """
    try:
        tickets.hold(ticket, states=STATES)
    except CannotMove as early:
        raise NoReview from early
    verdict = cases.verdict_of(ticket)
    review = reviews.open_of(verdict)
    if verdict is None or review is None:
        raise NoReview
    if not covered and by.pk == verdict.given_by_id:
        raise SamePerson
    if words.says_nothing(answer):
        raise NoReason
    tickets.decide_review(review, covered=covered, answer=answer.strip(), person=by, by=by.actor, at=at)
    if covered:
        _all_is_settled(verdict, answer=answer.strip(), by=by, at=at)
        contest.give_back(verdict, because="review", by=by, at=at)
    else:
        contest.bill_again(verdict, by=by, at=at)
    seal_evidence.decided(ticket, moment=Moment.DECISION, at=at)
    tell.reviewed(review, at=at)
    return review


def _all_is_settled(verdict: Verdict, *, answer: str, by: User, at: datetime) -> None:
    """A dispute about it asks for nothing more: the customer was right."""
    dispute = cases.dispute_of(verdict)
    if dispute and dispute.state == "open":
        tickets.decide_dispute(dispute, upheld=True, answer=answer, person=by, by=by.actor, at=at)
