"""A charge waits for its letter: the review delay begins when the letter has left, and nobody is billed who could not be told."""

from datetime import datetime, timedelta

from astreinte.accounts import queries as accounts
from astreinte.billing import actions as billing
from astreinte.billing import queries as bills
from astreinte.billing.models import Charge
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import tell_of_verdicts as tell
from astreinte.notifications import queries as outbox
from astreinte.notifications.queries import Fate

# Without a review a bill follows its verdict within a minute (contract, 5): behind a relay that is away, the letter still goes first.
IN_HAND = timedelta(seconds=45)


class NobodyTold(Refusal):
    """The letter about this verdict reached nobody, so nothing is billed: mend an address of this customer, then send it again."""

    slug = "letter-not-sent"


def due(*, at: datetime) -> int:
    """Look at the letters of the charges that wait for one. Answers how many wait no longer."""
    waiting = bills.without_letter()
    fates = outbox.fates([charge.key for charge in waiting], kind=tell.LETTER) if waiting else {}
    return sum(_looked(charge, fates.get(charge.key, Fate()), at=at) for charge in waiting)


def _looked(charge: Charge, fate: Fate, *, at: datetime) -> bool:
    review = _review()
    if fate.left_at:
        return billing.letter_left(charge, issue_after=fate.left_at + review)
    if fate.is_lost:
        return _lost(charge, at=at)
    held_up = fate.asked_at is not None and at >= fate.asked_at + IN_HAND
    return held_up and not review and billing.letter_left(charge, issue_after=at)


def _review() -> timedelta:
    provider = accounts.provider()
    return timedelta(seconds=provider.billing_review_s if provider else 0)


@all_or_nothing
def _lost(charge: Charge, *, at: datetime) -> bool:
    if not billing.letter_lost(charge, because=NobodyTold().sentence):
        return False
    tell.letter_is_lost(charge.verdict, at=at)
    return True


@all_or_nothing
def again(charge: Charge, *, at: datetime) -> bool:
    """The letter leaves again, to whoever can be written to now. False when it is not lost."""
    if not billing.letter_again(charge):
        return False
    tell.letter_of(charge.verdict, at=at, again=True)
    return True
