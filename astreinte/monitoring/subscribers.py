"""Questions about who is told of what is said in public, and about who asks too often."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from astreinte.monitoring.models import Announcement, Subscriber, SubscriptionRequest
from astreinte.monitoring.states import SubscriberKind

# A link to confirm works this long; then the address is forgotten.
CONFIRMED_WITHIN = timedelta(hours=48)
HOUR = timedelta(hours=1)
# Requests in an hour: from one place, and from everywhere.
FROM_ONE_PLACE, FROM_EVERYWHERE = 10, 200
_SALT = "astreinte.subscribers"


def digest(text: str) -> str:
    """A keyed digest: the same text is known again, and nobody can try addresses against it."""
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()


def asked(*, at: datetime, source_key: str = "") -> int:
    """How many requests came in the last hour, from this place or from everywhere."""
    found = SubscriptionRequest.objects.filter(at__gt=at - HOUR)
    return (found.filter(source_key=source_key) if source_key else found).count()


def written_to(address_key: str, *, at: datetime, within: timedelta) -> int:
    """How many messages left lately to ask this address."""
    return SubscriptionRequest.objects.filter(address_key=address_key, written=True, at__gt=at - within).count()


def by_story(story: str) -> Subscriber | None:
    """The subscriber, confirmed or not, that messages call this."""
    number = story.removeprefix("subscriber/")
    return Subscriber.objects.filter(pk=int(number)).first() if number.isdecimal() else None


def at_address(email: str) -> list[Subscriber]:
    """Who subscribed with this e-mail address, confirmed or not."""
    return list(Subscriber.objects.filter(kind=SubscriberKind.EMAIL, address=email.strip().lower()))


def expired(*, at: datetime) -> QuerySet[Subscriber]:
    """Those who never confirmed."""
    return Subscriber.objects.filter(confirmed_at=None, asked_at__lte=at - CONFIRMED_WITHIN)


def to_tell(components: Collection[str]) -> list[Subscriber]:
    """The confirmed ones who want to know of any of these components; of what concerns none, those who want everything."""
    confirmed = Subscriber.objects.filter(confirmed_at__isnull=False).order_by("pk")
    return [one for one in confirmed if not one.components or set(one.components) & set(components)]


def announced(keys: Iterable[str]) -> set[str]:
    """Those of these words that the subscribers were told of."""
    return set(Announcement.objects.filter(key__in=list(keys)).values_list("key", flat=True))
