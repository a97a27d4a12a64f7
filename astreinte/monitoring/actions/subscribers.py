"""The verbs of those who subscribe to the status page: asked, confirmed, gone; and what they were told of."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from astreinte.accounts.models import User
from astreinte.core import timeline
from astreinte.core.actors import SYSTEM
from astreinte.monitoring.models import Announcement, Follower, Inquiry, Subscriber, SubscriptionRequest
from astreinte.monitoring.subscribers import CONFIRMED_WITHIN

# Longer than anything may be published: what was told once is never told again.
ANNOUNCEMENTS_KEPT = timedelta(days=400)


def count_request(*, address_key: str, source_key: str, written: bool, at: datetime) -> None:
    """Somebody asked; `written`: and a message left for it."""
    SubscriptionRequest.objects.create(address_key=address_key, source_key=source_key, written=written, at=at)


def ask(*, kind: str, address: str, digest: str, language: str, components: Sequence[str], at: datetime) -> Subscriber:
    """Somebody wants to be told, and has to confirm it. A second question replaces the first."""
    wanted = {"kind": kind, "address": address, "language": language, "components": list(components), "asked_at": at}
    found, _new = Subscriber.objects.update_or_create(digest=digest, confirmed_at=None, defaults=wanted)
    return found


def confirm(subscriber: Subscriber, *, at: datetime) -> Subscriber | None:
    """They are told from now on. Answers whom they replace: the same address, with other wishes."""
    before = Subscriber.objects.filter(digest=subscriber.digest, confirmed_at__isnull=False).first()
    if before:
        Subscriber.objects.filter(pk=before.pk).delete()
    Subscriber.objects.filter(pk=subscriber.pk, confirmed_at=None).update(confirmed_at=at)
    subscriber.refresh_from_db()
    timeline.record(subscriber, "subscriber:confirmed", at=at, by=SYSTEM, story=subscriber.story)
    return before


def forget(subscriber: Subscriber, *, at: datetime) -> None:
    """They are told no more: nothing of them is kept."""
    timeline.record(subscriber, "subscriber:forgotten", at=at, by=SYSTEM, story=subscriber.story)
    Subscriber.objects.filter(pk=subscriber.pk).delete()


def announce(keys: Iterable[str], *, at: datetime) -> None:
    """These words are told now; raises IntegrityError when somebody else tells one of them."""
    for key in keys:
        Announcement.objects.create(key=key, at=at)


def forget_counts(*, at: datetime) -> int:
    """What was counted long enough ago. Answers how many rows went."""
    requests, _ = SubscriptionRequest.objects.filter(at__lte=at - CONFIRMED_WITHIN).delete()
    words, _ = Announcement.objects.filter(at__lte=at - ANNOUNCEMENTS_KEPT).delete()
    return requests + words


def forget_person(user: User) -> None:
    """They follow nothing any more, and what they asked by *Just me?* is gone, with the address they asked from."""
    Follower.objects.filter(user=user).delete()
    Inquiry.objects.filter(asked_by=user).delete()
