"""The clerk's two gestures: an invoice was paid; a charge that was set aside is tried again."""

from datetime import datetime

from astreinte.accounts.models import User
from astreinte.billing import actions as billing
from astreinte.billing.models import Charge, Invoice
from astreinte.core.moves import CannotMove
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import issue_invoices, wait_for_letters

NotAsConsented = issue_invoices.NotAsConsented


class NothingToPay(Refusal):
    """Only an issued invoice can be marked as paid: this document is settled, or gives money back."""

    slug = "nothing-to-pay"


class StillUnderReview(Refusal):
    """The review of this charge is not over, or it is contested: it will be issued when it may be."""

    slug = "under-review"


class LetterOnItsWay(Refusal):
    """The letter about this verdict has not left yet: the charge follows it by itself."""

    slug = "letter-on-its-way"


class NoLongerWaiting(Refusal):
    """This charge is invoiced or cancelled already: nothing to try again."""

    slug = "not-waiting"


@all_or_nothing
def paid(invoice: Invoice, *, by: User, at: datetime) -> Invoice:
    """The money came. A second click is the same answer."""
    if invoice.state == "paid":
        return invoice
    if invoice.kind != "invoice":
        raise NothingToPay
    try:
        return billing.paid(invoice, by=by.actor, at=at)
    except CannotMove as late:
        if invoice.state == "paid":
            return invoice
        raise NothingToPay from late


def try_again(charge: Charge, *, at: datetime) -> Invoice | None:
    """Issue now a charge that was set aside. Refused again: the reason is written beside it, and told.

    None when its letter had reached nobody: the letter leaves again first, and the charge follows it.
    """
    if charge.issue_after is None:
        if not wait_for_letters.again(charge, at=at):
            raise LetterOnItsWay
        return None
    if charge.held_at or (not charge.problem and charge.issue_after > at):
        raise StillUnderReview
    try:
        invoice = issue_invoices.one(charge, at=at)
    except Refusal as refusal:
        _set_aside(charge, refusal, at=at)
        raise
    if invoice is None:
        raise NoLongerWaiting
    return invoice


@all_or_nothing
def _set_aside(charge: Charge, refusal: Refusal, *, at: datetime) -> None:
    billing.set_aside(charge, because=refusal.sentence % refusal.details, at=at)
