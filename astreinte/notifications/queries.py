"""Questions to the outbox: what is due, what is held by a dead worker, what was sent and never confirmed."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from astreinte.accounts.models import User
from astreinte.core.configuration import remembered
from astreinte.notifications import sealing
from astreinte.notifications.models import ContactMethod, Notification, Transport
from astreinte.notifications.states import NotificationState as State

# An SMS that no receipt confirmed in 30 s: the next channel is tried (features, D7).
SILENCE = timedelta(seconds=30)


def due(
    *, at: datetime, limit: int, channels: Collection[str] | None = None, besides: Collection[int] = ()
) -> list[Notification]:
    """What must leave now, pages first, oldest first; over these channels alone, without these rows."""
    waiting = Notification.objects.filter(state=State.QUEUED, due_at__lte=at)
    if channels is not None:
        waiting = waiting.filter(channel__in=channels)
    if besides:
        waiting = waiting.exclude(pk__in=besides)
    return list(waiting.select_related("person").order_by("priority", "due_at", "id")[:limit])


def orphans(*, at: datetime) -> list[Notification]:
    """Claimed by a worker that did not settle in time: it died, or sleeps."""
    return list(
        Notification.objects.filter(state=State.SENDING, claimed_until__lte=at)
        .select_related("person")
        .order_by("id")[:100]
    )


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
    return list(
        Notification.objects.filter(
            state=State.ACCEPTED, will_confirm=True, hastened_at__isnull=True, accepted_at__lte=at - SILENCE
        ).order_by("id")[:100]
    )


def next_due_at() -> datetime | None:
    """When the next thing leaves or is looked at again."""
    queued = Notification.objects.filter(state=State.QUEUED).aggregate(soonest=Min("due_at"))["soonest"]
    held = Notification.objects.filter(state=State.SENDING).aggregate(soonest=Min("claimed_until"))["soonest"]
    return min((instant for instant in (queued, held) if instant), default=None)


def next_after(at: datetime) -> datetime | None:
    """The next instant at which something falls due: what is due already does not hide what comes."""
    queued = Notification.objects.filter(state=State.QUEUED, due_at__gt=at).aggregate(soonest=Min("due_at"))["soonest"]
    held = Notification.objects.filter(state=State.SENDING, claimed_until__gt=at).aggregate(
        soonest=Min("claimed_until")
    )["soonest"]
    return min((instant for instant in (queued, held) if instant), default=None)


def late(*, at: datetime, by: timedelta) -> int:
    """How many messages should have left, or been settled, longer ago than this."""
    waiting = Q(state=State.QUEUED, due_at__lt=at - by) | Q(state=State.SENDING, claimed_until__lt=at - by)
    return Notification.objects.filter(waiting).count()


def tally() -> dict[tuple[str, str], int]:
    """How many messages of each channel are in each state."""
    rows = Notification.objects.order_by().values_list("channel", "state").annotate(count=Count("pk"))
    return {(channel, state): count for channel, state, count in rows}


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
        return Notification.objects.select_related("person").filter(key=key).first()
    except (ValueError, TypeError):
        return None
    except Exception as error:
        if type(error).__name__ == "ValidationError":  # not a UUID at all: nobody's key
            return None
        raise


def contacts(users: Iterable[User]) -> dict[int, list[ContactMethod]]:
    """How each of these people is reached, in their order; refused numbers left out, and people without any."""
    found: dict[int, list[ContactMethod]] = {}
    rules = ContactMethod.objects.filter(user__in=[user.pk for user in users], refused_at__isnull=True)
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


def newest(story: str, *, kind: str) -> Notification | None:
    """The last message of this kind about this."""
    return Notification.objects.filter(about=story, kind=kind).order_by("-id").first()
