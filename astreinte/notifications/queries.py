"""Questions to the outbox: what is due, what is held by a dead worker, what was sent and never confirmed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from astreinte.accounts.models import User
from astreinte.core import rows
from astreinte.core.configuration import remembered
from astreinte.notifications import sealing
from astreinte.notifications.models import ChannelKind, ContactMethod, Notification, Transport
from astreinte.notifications.states import NotificationState as State

# An SMS that no receipt confirmed in 30 s: the next channel is tried (features, D7).
SILENCE = timedelta(seconds=30)
# How long somebody who was asked is given to answer before asking again makes sense.
ASKED_FOR = timedelta(minutes=3)
# Dead workers' messages, and silent ones, that are looked at in one turn.
LOOKED_AT = 100


def due(*, at: datetime, limit: int, channels: Collection[str] = tuple(ChannelKind)) -> list[Notification]:
    """What must leave now, pages first, oldest first; over these channels alone."""
    waiting = {"state": State.QUEUED, "due_at__lte": at, "channel__in": channels}
    return rows.select(Notification, waiting, order=("priority", "due_at", "id"), limit=limit)


def orphans(*, at: datetime) -> list[Notification]:
    """Claimed by a worker that did not settle in time: it died, or sleeps."""
    held = {"state": State.SENDING, "claimed_until__lte": at}
    return rows.select(Notification, held, order=("id",), limit=LOOKED_AT)


def piled_up(*, at: datetime) -> list[Notification]:
    """Of the messages due to one phone about one page, the first; where there are several."""
    due_now = Notification.objects.filter(state=State.QUEUED, kind="page", due_at__lte=at)
    piles = due_now.order_by().values("about", "channel", "address").annotate(first=Min("pk"), count=Count("pk"))
    return list(Notification.objects.filter(pk__in=piles.filter(count__gt=1).values("first")).order_by("pk"))


def is_unsent(story: str, *, at: datetime) -> bool:
    """Whether something about this should have left, and nobody has even tried."""
    return Notification.objects.filter(about=story, state=State.QUEUED, kind="page", due_at__lte=at, attempt=0).exists()


def silent(*, at: datetime) -> list[Notification]:
    """Accepted by the provider, a receipt was announced, and none came: somebody's phone may be off."""
    unconfirmed = {"state": State.ACCEPTED, "will_confirm": True, "hastened_at": None, "accepted_at__lte": at - SILENCE}
    return rows.select(Notification, unconfirmed, order=("id",), limit=LOOKED_AT)


def next_due_at() -> datetime | None:
    """When the next thing leaves or is looked at again."""
    queued = Notification.objects.filter(state=State.QUEUED).aggregate(soonest=Min("due_at"))["soonest"]
    held = Notification.objects.filter(state=State.SENDING).aggregate(soonest=Min("claimed_until"))["soonest"]
    return min((instant for instant in (queued, held) if instant), default=None)


def next_after(at: datetime) -> datetime | None:
    """The next instant at which something falls due: what is due already does not hide what comes."""
    queued = rows.soonest(Notification, "due_at", {"state": State.QUEUED}, after=at)
    held = rows.soonest(Notification, "claimed_until", {"state": State.SENDING}, after=at)
    return min((instant for instant in (queued, held) if instant), default=None)


def late(*, at: datetime, by: timedelta) -> int:
    """How many messages should have left, or been settled, longer ago than this."""
    waiting = Q(state=State.QUEUED, due_at__lt=at - by) | Q(state=State.SENDING, claimed_until__lt=at - by)
    return Notification.objects.filter(waiting).count()


def tally() -> dict[tuple[str, str], int]:
    """How many messages of each channel are in each state."""
    counted = Notification.objects.order_by().values_list("channel", "state").annotate(count=Count("pk"))
    return {(channel, state): count for channel, state, count in counted}


def overdue_s(*, at: datetime) -> float:
    """How late the oldest thing that should have left is, in seconds."""
    soonest = next_due_at()
    return max(0.0, (at - soonest).total_seconds()) if soonest else 0.0


def about(story: str) -> QuerySet[Notification]:
    """Every message about this, in the order they were written."""
    return Notification.objects.filter(about=story).select_related("person").order_by("id")


def by_key(key: str) -> Notification | None:
    """The message with this idempotency key."""
    try:
        named = UUID(key)
    except ValueError:
        return None
    return next(iter(rows.select(Notification, {"key": named})), None)


def contacts(users: Iterable[User]) -> dict[int, list[ContactMethod]]:
    """How each of these people is reached, in their order; refused numbers left out, and people without any."""
    return _contacts(frozenset(user.pk for user in users))


@remembered
def _contacts(keys: frozenset[int]) -> dict[int, list[ContactMethod]]:
    found: dict[int, list[ContactMethod]] = {}
    rules = ContactMethod.objects.filter(user__in=keys, refused_at__isnull=True)
    for contact in rules.order_by("user_id", "position"):
        found.setdefault(contact.user_id, []).append(contact)
    return found


@remembered
def transports() -> dict[str, list[dict[str, Any]]]:
    """What each channel leaves through, in order: the second takes over within one attempt."""
    found: dict[str, list[dict[str, Any]]] = {}
    for transport in Transport.objects.order_by("kind", "position"):
        found.setdefault(transport.kind, []).append(sealing.unseal(transport.sealed))
    return found


def references_to(address: str) -> list[str]:
    """The provider's names of the messages already sent to this address."""
    sent = Notification.objects.filter(address=address).exclude(provider_ref="").order_by("-id")
    return list(sent.values_list("provider_ref", flat=True)[:200])


def last_to(*, address: str, at: datetime) -> QuerySet[Notification]:
    """What was sent to this number lately, newest first: an SMS reply answers one of these."""
    sent = [State.SENDING, State.ACCEPTED, State.DELIVERED]
    return Notification.objects.filter(
        address=address, state__in=sent, created_at__gte=at - timedelta(days=2)
    ).order_by("-id")


def rings(stories: Iterable[str]) -> QuerySet[Notification]:
    """The calls for a person about these, oldest first."""
    return Notification.objects.filter(about__in=list(stories), kind="page").order_by("id")


def is_being_asked(person: User, *, story: str, kind: str, at: datetime) -> bool:
    """Whether this person was asked about this within the last three minutes, or something is still to leave for them."""
    asked = Notification.objects.filter(about=story, kind=kind, person=person)
    waiting = Q(state__in=[State.QUEUED, State.SENDING])
    lately = Q(state__in=[State.ACCEPTED, State.DELIVERED], due_at__gt=at - ASKED_FOR)
    return asked.filter(waiting | lately).exists()


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of the messages of one kind about one thing: when the first one left; whether none did, and none ever will.

    `asked_at`: when the last one was written.
    """

    left_at: datetime | None = None
    asked_at: datetime | None = None
    is_lost: bool = True


def fates(stories: Iterable[str], *, kind: str) -> dict[str, Fate]:
    """What became of the messages of this kind, by what they are about; nothing is said of what has none."""
    sent = Notification.objects.filter(about__in=list(stories), kind=kind).order_by().values_list("about")
    left = Min("accepted_at", filter=Q(state__in=[State.ACCEPTED, State.DELIVERED]))
    waiting = Count("pk", filter=Q(state__in=[State.QUEUED, State.SENDING]))
    found = sent.annotate(left=left, asked=Max("created_at"), waiting=waiting)
    return {
        about: Fate(left_at=at, asked_at=asked, is_lost=at is None and not many) for about, at, asked, many in found
    }


def newest(story: str, *, kind: str) -> Notification | None:
    """The last message of this kind about this."""
    return Notification.objects.filter(about=story, kind=kind).order_by("-id").first()
