"""Somebody tries one of their own ways to be reached: a real message, through the real channel, now."""

from datetime import datetime, timedelta

from astreinte.accounts import queries as accounts
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.notifications import actions as notifications
from astreinte.notifications import trials
from astreinte.notifications.actions import Letter
from astreinte.notifications.models import ContactMethod, Notification

# Each test is a real call or a real SMS: it costs money, and may wake somebody.
ONCE_EVERY = timedelta(minutes=1)


class TooSoon(Refusal):
    """This was tested less than a minute ago: try again in %(seconds)s s."""

    slug = "too-soon"


@all_or_nothing
def contact(contact: ContactMethod, *, at: datetime) -> None:
    """Send a test to this way, refused by the network or not: when it passes, the way is used again."""
    last = trials.last_of(contact)
    if last and at < last.created_at + ONCE_EVERY:
        left = last.created_at + ONCE_EVERY - at
        raise TooSoon(seconds=max(1, round(left.total_seconds())))
    provider = accounts.provider()
    letter = Letter(
        # the minute: a double click is one test
        once=f"{trials.story(contact)}/{int(at.timestamp()) // 60}",
        about=trials.story(contact),
        kind=trials.KIND,
        person=contact.user,
        name=contact.user.name,
        language=contact.user.language,
        channel=contact.kind,
        contact=contact,
        address=contact.address,
        due_at=at,
        context={"provider": provider.name if provider else "Astreinte", "path": "/console/me/"},
    )
    notifications.enqueue([letter], at=at)


@all_or_nothing
def pressed(letter: Notification, *, key: str, at: datetime) -> None:
    """A key was pressed in the call: it does nothing, and their page shows it."""
    notifications.pressed(letter, key=key, at=at)
