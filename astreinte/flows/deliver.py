"""Everything that leaves: claim it, leave the transaction, talk, settle. A crash never means failed, and nothing is sent blindly twice."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from astreinte.billing import queries as bills
from astreinte.core.transactions import all_or_nothing, insist
from astreinte.flows import subscribe
from astreinte.notifications import actions as notifications
from astreinte.notifications import links, sending
from astreinte.notifications import queries as outbox
from astreinte.notifications.channels.base import TemporaryFailure
from astreinte.notifications.models import Notification
from astreinte.notifications.rules import Outcome
from astreinte.paging import actions as paging
from astreinte.paging import queries as pages
from astreinte.tickets import papers

AT_ONCE = 100
# Copies of one message that may ever leave when its provider cannot say whether it has it (reliability, F3).
MAX_BLIND_COPIES = 3
LEASE = notifications.LEASE
# What rings leaves only while its page is in this state: nobody has it yet, or somebody who asks for help does.
WANTED = {"page": "triggered", "help": "acknowledged"}
Now = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of one message, and when."""

    letter: Notification
    outcome: Outcome
    at: datetime


def _at_once(told: Told) -> None:
    settle([told])


def due(*, now: Now) -> int:
    """Send all that is due, one after the other. The pager does the same with a pool for each channel."""
    return sum(one(letter, now=now) for letter in outbox.due(at=now(), limit=AT_ONCE))


def one(
    letter: Notification,
    *,
    now: Now,
    lease: timedelta = LEASE,
    tell: Callable[[Told], None] = _at_once,
) -> bool:
    """Send one message if it is still ours to send and still wanted. `tell`: who writes what became of it."""
    if not claim(letter, at=now(), lease=lease):
        return False
    ends_at = letter.claimed_until
    try:  # no transaction is open here
        outcome = sending.attempt(
            letter, at=now(), files=_files(letter), is_ours=lambda: ends_at is None or now() < ends_at
        )
    except sending.NotOurs:
        return False  # this process slept through its lease: whoever adopted the message decides (reliability, F15)
    tell(Told(letter=letter, outcome=outcome, at=now()))
    return True


def _files(letter: Notification) -> tuple[sending.File, ...]:
    if letter.kind == "receipt":
        return papers.files(letter.context.get("consent", 0))
    return bills.files(letter.context["invoice"]) if letter.kind == "invoice" else ()


@all_or_nothing
def claim(letter: Notification, *, at: datetime, lease: timedelta = LEASE) -> bool:
    """Take it, unless somebody took the page meanwhile: then it is withdrawn."""
    # the page is held until the claim is written: nobody can take it between the question and the lease (reliability, F14)
    if letter.rings and pages.held_state(letter.about) not in {None, WANTED[letter.kind]}:
        notifications.withdraw(letter.about, kinds=[letter.kind], at=at)
        return False
    return notifications.claim(letter, at=at, lease=lease)


@insist
@all_or_nothing
def settle(told: Iterable[Told]) -> None:
    """Write what became of these; when one failed, the person's next channel leaves now."""
    # in one order for all: two workers wait for each other, never both
    for one in sorted(told, key=lambda one: (one.letter.about, one.letter.pk)):
        _settle(one.letter, one.outcome, at=one.at)


def _settle(letter: Notification, outcome: Outcome, *, at: datetime) -> None:
    if not notifications.settle(letter, outcome, at=at):
        return  # the lease ran out while we talked: whoever holds it now asks the provider first
    if outcome.accepted:
        _note_first(letter, outcome, at=at)
    elif letter.rings:
        notifications.hasten(letter, at=at)
    elif outcome.gone:
        subscribe.gone(letter, at=at)


def _note_first(letter: Notification, outcome: Outcome, *, at: datetime) -> None:
    if letter.kind == "test":
        notifications.works(letter)
    if letter.kind == links.CHALLENGE:
        subscribe.echoed(letter, said=outcome.said, at=at)
    page = pages.key_of(letter.about) if letter.kind == "page" else None
    if page is not None:
        paging.first_sent(page, at=at)


def orphans(*, now: Now) -> int:
    """A worker died holding these. Ask the provider before sending twice."""
    return sum(adopt(letter, now=now) for letter in outbox.orphans(at=now()))


def adopt(letter: Notification, *, now: Now, lease: timedelta = LEASE) -> bool:
    """Take over one message of a dead worker: settle it if its provider has it, else put it back."""
    if not _hold(letter, at=now(), lease=lease):
        return False
    try:
        found = sending.look_up(letter, at=now())
    except TemporaryFailure:
        return False  # the provider does not answer: the lease was renewed, ask again when it ends
    if found is None and letter.copies >= MAX_BLIND_COPIES and not sending.can_look_up(letter):
        found = Outcome(
            accepted=False, permanent=True, error="Three copies may have left and the provider cannot tell: set aside."
        )
    if found is None:
        _release(letter, blind=not sending.can_look_up(letter), at=now())
    else:
        settle([Told(letter=letter, outcome=found, at=now())])
    return True


@all_or_nothing
def _hold(letter: Notification, *, at: datetime, lease: timedelta) -> bool:
    return notifications.renew(letter, at=at, lease=lease)


@all_or_nothing
def _release(letter: Notification, *, blind: bool, at: datetime) -> bool:
    return notifications.release(letter, copies=letter.copies + blind, at=at)


def silent(*, at: datetime) -> int:
    """Sent, a receipt was announced, none came: the person's next channel leaves now. Only a person stops the escalation."""
    return sum(hurry(letter, at=at) for letter in outbox.silent(at=at))


@all_or_nothing
def hurry(letter: Notification, *, at: datetime) -> bool:
    """No receipt came for this one: the person's next channel leaves now, if there is one."""
    return notifications.hasten(letter, at=at) if letter.rings else _seen(letter, at=at)


def _seen(letter: Notification, *, at: datetime) -> bool:
    notifications.looked_at(letter, at=at)
    return False


@all_or_nothing
def rebase(letters: Iterable[Notification], *, at: datetime) -> int:
    """The clock jumped: what this worker is sending right now stays its own. Answers how many leases were moved."""
    return sum(notifications.hold_on(letter, at=at) for letter in letters)


@all_or_nothing
def confirm(letter: Notification, *, delivered: bool, error: str = "", at: datetime) -> bool:
    """A receipt from the provider; a refusal makes the person's next channel leave now. False when it tells nothing new."""
    told = notifications.confirm(letter, delivered=delivered, error=error, at=at)
    if told and not delivered and letter.rings:
        notifications.hasten(letter, at=at)
    return told
