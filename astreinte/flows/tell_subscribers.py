"""What is new on the status page is told to those who subscribed: once, the last word of each, and never ahead of a page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from astreinte.core.transactions import all_or_nothing, yields_to_twin
from astreinte.monitoring import public_words as words
from astreinte.monitoring import publicity, subscribers
from astreinte.monitoring.actions import subscribers as monitoring
from astreinte.monitoring.models import Subscriber
from astreinte.monitoring.rules.publicity import Board, Planned, Told, Update, Window
from astreinte.notifications import actions as notifications
from astreinte.notifications import links
from astreinte.notifications.actions import Letter

# What is older when it is found is history: the page tells it, nobody is written to.
NEWS = timedelta(hours=1)
# Behind every other message; and so many a second, so that a crowd of subscribers is never a heap of overdue messages.
PRIORITY, A_SECOND = 8, 10
TOGETHER = 200


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something new: the words it is made of, the components it names, and what its letter says by language."""

    keys: Sequence[str]
    components: Sequence[str]
    said: dict[str, dict[str, Any]]


def due(board: Board, *, at: datetime) -> int:
    """Tell what is new. Answers how many messages that made."""
    items = [*_troubles(board, at=at), *_works(board, at=at)]
    if not items:
        return 0
    known = subscribers.announced(key for item in items for key in item.keys)
    fresh = [item for item in items if not known.issuperset(item.keys)]
    return sum(_written(item, at=at) for item in fresh)


def _troubles(board: Board, *, at: datetime) -> Iterator[Item]:
    for told in board.troubles:
        new = [update for update in told.trouble.updates if update.at > at - NEWS]
        if new:
            said = _in_each(partial(_of_trouble, told, new[-1], board))
            yield Item(keys=[one.key for one in new], components=[key for key, _level in told.levels], said=said)


def _of_trouble(told: Told, last: Update, board: Board) -> dict[str, Any]:
    return {
        "title": words.title(told, board),
        "stage": words.stage(last),
        "status": str(last.stage),
        "text": words.text(last),
        "said_at": last.at.isoformat(),
        "incident": told.trouble.public_id,
        "components": [key for key, _level in told.levels],
        "page": f"incidents/{told.trouble.public_id}.html",
        "thread": f"public/{told.trouble.public_id}",
    }


def _works(board: Board, *, at: datetime) -> Iterator[Item]:
    for planned in board.windows:
        key = _work_key(planned.window, at=at)
        if key:
            said = _in_each(partial(_of_work, planned, board))
            yield Item(keys=[key], components=planned.components, said=said)


def _work_key(window: Window, *, at: datetime) -> str | None:
    """What is new of a maintenance; that it was cancelled, for those who had been told of it."""
    told = f"maintenance/{window.key}/{window.start:%Y%m%dT%H%M}"
    if not window.cancelled:
        return told if window.start > at else None
    before = f"maintenance/{window.key}/{window.was.start:%Y%m%dT%H%M}" if window.was else told
    is_news = window.changed_at is not None and window.changed_at > at - NEWS
    return f"maintenance/{window.key}/cancelled" if is_news and subscribers.announced([told, before]) else None


def _of_work(planned: Planned, board: Board) -> dict[str, Any]:
    window = planned.window
    return {
        "title": words.maintenance_title(planned, board),
        "stage": words.work_stage(planned),
        "status": "cancelled" if window.cancelled else "scheduled",
        "maintenance": window.public_id,
        "start": window.start.isoformat(),
        "end": window.end.isoformat(),
        **({"was": {"start": window.was.start.isoformat(), "end": window.was.end.isoformat()}} if window.was else {}),
        "components": list(planned.components),
        "page": "maintenance.html",
        "thread": f"public/{window.public_id}",
    }


def _in_each(say: Callable[[], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return dict(publicity.in_each(say))


@yields_to_twin
@all_or_nothing
def _written(item: Item, *, at: datetime) -> int:
    new = [key for key in item.keys if key not in subscribers.announced(item.keys)]
    if not new:
        return 0  # another keeper was faster
    monitoring.announce(new, at=at)
    people = subscribers.to_tell(item.components)
    letters = [_letter(one, item, number=number, at=at) for number, one in enumerate(people)]
    return sum(
        notifications.enqueue(letters[start : start + TOGETHER], at=at) for start in range(0, len(letters), TOGETHER)
    )


def _letter(subscriber: Subscriber, item: Item, *, number: int, at: datetime) -> Letter:
    return Letter(
        once=f"{links.NEWS}/{item.keys[-1]}/{subscriber.pk}",
        about=subscriber.story,
        kind=links.NEWS,
        name="",
        language=subscriber.language,
        channel=subscriber.kind,
        address=subscriber.address,
        due_at=at + timedelta(seconds=number // A_SECOND),
        priority=PRIORITY,
        context=item.said[subscriber.language],
    )
