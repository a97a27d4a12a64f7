"""The verbs of the outbox: enqueue, claim, settle, release, withdraw, hasten."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from astreinte.accounts.models import User
from astreinte.core import configuration, rows, timeline, wake
from astreinte.core.actors import SYSTEM
from astreinte.core.moves import CannotMove, move
from astreinte.notifications.models import ContactMethod, Notification
from astreinte.notifications.rules import Outcome, after_failure
from astreinte.notifications.states import MACHINE
from astreinte.notifications.states import NotificationState as State

# A claim is a lease: past it the worker is presumed dead and the provider is asked before anything is sent again.
LEASE = timedelta(seconds=20)
# A page, or news of one. The rest (letters, receipts) leaves at the pager's next tick, within a second: each wake-up costs CPU
# that the next ring needs.
RINGING = 1
# Rows written by one statement: five hundred letters in one would be more values than a database takes.
TOGETHER = 100


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What to send: `once` is its identity, a second try with the same makes nothing."""

    once: str
    about: str
    kind: str
    name: str
    language: str
    channel: str
    address: str
    due_at: datetime
    person: User | None = None
    contact: ContactMethod | None = None
    priority: int = 5
    context: dict[str, Any] = field(default_factory=dict)


def by_email(
    person: User,
    *,
    once: str,
    about: str,
    kind: str,
    due_at: datetime,
    priority: int = 5,
    context: dict[str, Any] | None = None,
) -> Letter:
    """The letter of this kind to this person's own mailbox, in their language."""
    return Letter(
        once=once,
        about=about,
        kind=kind,
        person=person,
        name=person.name,
        language=person.language,
        channel="email",
        address=person.email,
        due_at=due_at,
        priority=priority,
        context=context or {},
    )


def enqueue(letters: Iterable[Letter], *, at: datetime) -> int:
    """Write these messages, to leave when due; the pager is woken for those that ring or concern a ring. Answers how many."""
    waiting = [
        Notification(
            once=letter.once,
            about=letter.about,
            kind=letter.kind,
            name=letter.name,
            language=letter.language,
            channel=letter.channel,
            address=letter.address,
            due_at=letter.due_at,
            person=letter.person,
            contact=letter.contact,
            priority=letter.priority,
            context=letter.context,
            created_at=at,
        )
        for letter in letters
    ]
    for start in range(0, len(waiting), TOGETHER):
        rows.insert_new(waiting[start : start + TOGETHER])
    if any(one.priority <= RINGING for one in waiting):
        wake.pager()
    return len(waiting)


def claim(letter: Notification, *, at: datetime, lease: timedelta = LEASE) -> bool:
    """Take this message for sending; False when another worker has it or it was withdrawn."""
    mine = {"attempt": letter.attempt, "state": State.QUEUED}
    taken: dict[str, Any] = {"attempt": letter.attempt + 1, "claimed_at": at, "claimed_until": at + lease}
    return _moved(
        letter,
        State.SENDING,
        kind="notification:sending",
        at=at,
        given=mine,
        said={"attempt": letter.attempt + 1},
        **taken,
    )


def _moved(
    letter: Notification,
    to: State,
    *,
    kind: str,
    at: datetime,
    given: dict[str, Any] | None = None,
    said: dict[str, Any] | None = None,
    **fields: Any,
) -> bool:
    """A message goes to a state, with its line of history. False when somebody else was faster."""
    told = {"channel": letter.channel, "name": letter.name, "attempt": letter.attempt, **(said or {})}
    try:
        move(letter, MACHINE, to=to, kind=kind, at=at, by=SYSTEM, story=letter.about, data=told, given=given, **fields)
    except CannotMove:
        return False
    return True


def _held(letter: Notification) -> dict[str, Any]:
    """This attempt is still ours."""
    return {"attempt": letter.attempt, "state": State.SENDING}


def settle(letter: Notification, outcome: Outcome, *, at: datetime) -> bool:
    """Write what became of an attempt; False when this attempt is not ours any more (the lease ran out)."""
    if not outcome.accepted:
        return _settle_failure(letter, outcome, at=at)
    accepted: dict[str, Any] = {
        "accepted_at": at,
        "provider_ref": outcome.provider_ref[:100],
        "will_confirm": outcome.will_confirm,
    }
    return _moved(
        letter,
        State.ACCEPTED,
        kind="notification:accepted",
        at=at,
        given=_held(letter),
        claimed_until=None,
        error="",
        **accepted,
    )


def _settle_failure(letter: Notification, outcome: Outcome, *, at: datetime) -> bool:
    retry_after = after_failure(attempt=letter.attempt, permanent=outcome.permanent, key=letter.key.int)
    why: dict[str, Any] = {"given": _held(letter), "said": {"error": outcome.error[:300]}, "error": outcome.error[:500]}
    if retry_after is not None:
        return _moved(
            letter, State.QUEUED, kind="notification:delayed", at=at, claimed_until=None, due_at=at + retry_after, **why
        )
    if not _moved(letter, State.FAILED, kind="notification:failed", at=at, claimed_until=None, **why):
        return False
    if outcome.permanent and letter.contact_id and outcome.blames_address:
        refused = {"refused_at": at, "refused_because": outcome.error[:300]}
        ContactMethod.objects.filter(pk=letter.contact_id).update(**refused)
        configuration.changed()
    return True


def release(letter: Notification, *, copies: int, at: datetime) -> bool:
    """Its worker died before sending, or nobody can tell: put it back, due at once. False when somebody else already did."""
    again: dict[str, Any] = {"claimed_until": None, "due_at": at, "copies": copies}
    if not _moved(letter, State.QUEUED, kind="notification:released", at=at, given=_held(letter), **again):
        return False
    wake.pager()
    return True


def renew(letter: Notification, *, at: datetime, lease: timedelta = LEASE) -> bool:
    """Hold an orphan while the provider is asked about it; False when somebody else does."""
    held = Notification.objects.filter(pk=letter.pk, state=State.SENDING, attempt=letter.attempt, claimed_until__lte=at)
    return bool(held.update(claimed_until=at + lease))


def hold_on(letter: Notification, *, at: datetime) -> bool:
    """Its worker still has it, whatever the clock did meanwhile: the lease starts again from now."""
    mine = Notification.objects.filter(pk=letter.pk, state=State.SENDING, attempt=letter.attempt)
    return bool(mine.update(claimed_until=at + LEASE))


def bring_forward(*, by: timedelta, at: datetime) -> int:
    """The clock was moved back by this much: what waits, or was held by a dead worker, waits no longer than it had to. How many."""
    waiting = Notification.objects.filter(state=State.QUEUED, due_at__gt=at).update(due_at=F("due_at") - by)
    held = Notification.objects.filter(state=State.SENDING, claimed_until__gt=at + LEASE)
    return waiting + held.update(claimed_until=F("claimed_until") - by)


def confirm(letter: Notification, *, delivered: bool, error: str, at: datetime) -> bool:
    """The provider's receipt: only ever forward. False when it tells nothing new."""
    if delivered:
        return _moved(
            letter, State.DELIVERED, kind="notification:delivered", at=at, claimed_until=None, delivered_at=at
        )
    said = {"error": error[:300]}
    return _moved(
        letter, State.FAILED, kind="notification:failed", at=at, said=said, claimed_until=None, error=error[:500]
    )


def withdraw(about: str, *, kinds: Iterable[str], at: datetime, person: User | None = None) -> int:
    """Nothing of these kinds about this leaves any more (to this person alone, if one is named). Answers how many were stopped."""
    waiting = Notification.objects.filter(about=about, kind__in=list(kinds), state=State.QUEUED)
    waiting = waiting.filter(person=person) if person else waiting
    # ast-grep-ignore: a-state-moves-in-one-place
    stopped = waiting.update(state=State.WITHDRAWN)  # many rows, one line of history: see docs/architecture.md
    if stopped:
        sample = Notification.objects.filter(about=about).order_by("id").first()
        if sample:
            timeline.record(sample, "notification:withdrawn", at=at, by=SYSTEM, story=about, count=stopped)
    return stopped


def ready(about: str, *, kind: str, at: datetime) -> None:
    """What these messages waited for is there: they leave now."""
    Notification.objects.filter(about=about, kind=kind, state=State.QUEUED, due_at__gt=at).update(due_at=at)


def pressed(letter: Notification, *, key: str, at: datetime) -> None:
    """A key of the phone was pressed in a call that only tests it."""
    said = {"channel": letter.channel, "name": letter.name, "key": key}
    timeline.record(letter, "notification:pressed", at=at, by=SYSTEM, story=letter.about, **said)


def works(letter: Notification) -> None:
    """The network took a test to an address that it had refused: it is used again."""
    refused = ContactMethod.objects.filter(pk__in=[letter.contact_id], refused_at__isnull=False)
    if refused.update(refused_at=None, refused_because=""):
        configuration.changed()


def only_this(letter: Notification, *, at: datetime) -> int:
    """What else is due to the same phone about the same thing would say no more: it never leaves. How many."""
    same = {"about": letter.about, "kind": letter.kind, "channel": letter.channel, "address": letter.address}
    others = Notification.objects.filter(**same, state=State.QUEUED, due_at__lte=at).exclude(pk=letter.pk)
    # ast-grep-ignore: a-state-moves-in-one-place
    stopped = others.update(state=State.WITHDRAWN)  # many rows, one line of history: see docs/architecture.md
    if stopped:
        timeline.record(letter, "notification:withdrawn", at=at, by=SYSTEM, story=letter.about, count=stopped)
    return stopped


def looked_at(letter: Notification, *, at: datetime) -> None:
    """No receipt came, and it is no page: nothing more to do about its silence."""
    Notification.objects.filter(pk=letter.pk).update(hastened_at=at)


def hasten(letter: Notification, *, at: datetime) -> bool:
    """This message did not get through: the person's next one about the same thing leaves now. False when there is none."""
    Notification.objects.filter(pk=letter.pk).update(hastened_at=at)
    if letter.person_id is None:
        return False
    waiting = Notification.objects.filter(
        about=letter.about, kind=letter.kind, person=letter.person_id, state=State.QUEUED, due_at__gt=at
    ).exclude(channel=letter.channel, address=letter.address)
    following = waiting.order_by("due_at", "id").first()
    if following is None:
        return False
    moved = Notification.objects.filter(pk=following.pk, state=State.QUEUED, due_at__gt=at).update(due_at=at)
    if moved:
        wake.pager()
        timeline.record(
            following,
            "notification:hastened",
            at=at,
            by=SYSTEM,
            story=letter.about,
            channel=following.channel,
            name=following.name,
            instead_of=letter.channel,
        )
    return bool(moved)


def erase(about: str, *, kinds: Iterable[str], at: datetime) -> int:
    """Forget to whom these messages went, and what they said; nothing of them that waits leaves. Answers how many."""
    withdraw(about, kinds=kinds, at=at)
    theirs = Notification.objects.filter(about=about, kind__in=list(kinds)).exclude(address="")
    for key in theirs.values_list("pk", flat=True):
        Notification.objects.filter(pk=key).update(address="", name="", context={}, once=f"erased/{key}")
    return theirs.count()
