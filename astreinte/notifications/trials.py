"""The ways to reach people, as they see them: what is wrong with each, and what became of its last test. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from astreinte.accounts.models import User
from astreinte.core import timeline
from astreinte.notifications import readiness
from astreinte.notifications.models import ChannelKind, ContactMethod, Notification
from astreinte.notifications.states import NotificationState as State

KIND = "test"
# Their addresses hold a secret, whole or in part: nobody is shown them.
SHOWN = frozenset({"sms", "voice", "email"})


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to reach somebody. `last` is its last test; `keys` what was pressed in it."""

    contact: ContactMethod
    trouble: str
    last: Notification | None
    keys: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return str(ChannelKind(self.contact.kind).label)

    @property
    def address(self) -> str:
        """Where it leads, unless that is a secret."""
        return self.contact.address if self.contact.kind in SHOWN else ""

    @property
    def is_awaited(self) -> bool:
        """Whether something of its last test is still to come."""
        if self.last is None:
            return False
        awaits_receipt = self.last.state == State.ACCEPTED and self.last.will_confirm and not self.last.hastened_at
        return awaits_receipt or self.last.state in {State.QUEUED, State.SENDING}


def contacts_of(user: User) -> QuerySet[ContactMethod]:
    """This person's own ways, in their order. Doors start from here, never from ContactMethod.objects."""
    return ContactMethod.objects.filter(user=user).order_by("position")


def story(contact: ContactMethod) -> str:
    """Where the tests of a way are told."""
    return f"{KIND}/{contact.pk}"


def last_of(contact: ContactMethod) -> Notification | None:
    """The last test of this way."""
    return Notification.objects.filter(about=story(contact), kind=KIND).order_by("-id").first()


def ways_of(people: Iterable[User]) -> dict[int, list[Way]]:
    """The ways of each of these people (by key), in their order, with their last tests."""
    contacts = list(ContactMethod.objects.filter(user__in=list(people)).order_by("user", "position"))
    stories = [story(contact) for contact in contacts]
    last = {one.about: one for one in Notification.objects.filter(about__in=stories, kind=KIND).order_by("id")}
    pressed: dict[str, list[str]] = {}
    for line in timeline.of(*stories).filter(kind="notification:pressed"):
        pressed.setdefault(line.subject, []).append(line.data["key"])
    troubles = readiness.troubles(contacts)
    found: dict[int, list[Way]] = {}
    for contact in contacts:
        letter = last.get(story(contact))
        keys = tuple(pressed.get(timeline.name_of(letter), ())) if letter else ()
        way = Way(contact=contact, trouble=troubles[contact.pk], last=letter, keys=keys)
        found.setdefault(contact.user_id, []).append(way)
    return found


def last_number(ways: Iterable[Way]) -> int:
    """The number of the newest line about the tests of these: the same number means that nothing is new."""
    return timeline.last_number(*(story(way.contact) for way in ways))
