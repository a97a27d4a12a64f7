"""No pager was there for a while: what fell due meanwhile rings once, and the escalation goes on from that ring."""

from datetime import datetime, timedelta

from astreinte.core.transactions import all_or_nothing
from astreinte.notifications import actions as notifications
from astreinte.notifications import queries as outbox
from astreinte.notifications.models import Notification
from astreinte.paging import actions as paging
from astreinte.paging import queries as pages
from astreinte.paging.models import Page
from astreinte.paging.rules.plan import following

# Less than this is a pager that was busy.
AWAY = timedelta(seconds=30)


def missed(*, at: datetime) -> int:
    """One ring for each page and phone; the next step comes after the time it was to leave for an answer (reliability, F18)."""
    rung = sum(_once(letter, at=at) for letter in outbox.piled_up(at=at))
    return rung + sum(_from_now(page, at=at) for page in pages.overdue(at=at, by=AWAY))


@all_or_nothing
def _once(letter: Notification, *, at: datetime) -> int:
    return notifications.only_this(letter, at=at)


@all_or_nothing
def _from_now(page: Page, *, at: datetime) -> bool:
    """Unless its step was rung: then it was late already, and climbs at once."""
    if page.step < 0 or not outbox.is_unsent(page.story, at=at):
        return False
    ring = following(page.plan, step=page.step - 1, round_=page.round)
    return paging.wait_again(page, until=ring.next_at(at))
