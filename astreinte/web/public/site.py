"""The whole status page as files: in each language, for people, for feed readers and for programs. Pure: the same board, the same bytes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from astreinte.core.instants import locale_of
from astreinte.monitoring import public_words as words
from astreinte.monitoring.rules.intervals import Interval
from astreinte.monitoring.rules.publicity import Board, Planned, Told, past
from astreinte.web.past_words import Bar
from astreinte.web.public import bars, feeds, programs
from astreinte.web.public.frame import BELIEVED_FOR, Frame, icon, page, spoken, stylesheet
from astreinte.web.templatetags import desk

# The first page tells of what ended in these last days; the months tell the rest.
RECENT = timedelta(days=14)
# Pages of incidents that are kept drawn: one that is over does not change any more.
DRAWN = 2000

Files = dict[str, bytes]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A component on the first page."""

    name: str
    description: str
    state: str
    label: str
    bar: Bar


@dataclass(frozen=True, kw_only=True)
class Said:
    """An update, in words."""

    stage: str
    text: str
    at: datetime
    next_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Story:
    """An incident, in words; its updates newest first."""

    page: str
    title: str
    state: str
    label: str
    began_at: datetime
    over_at: datetime | None
    lasted: str
    updates: tuple[Said, ...]


@dataclass(frozen=True, kw_only=True)
class Work:
    """A maintenance, in words. `was`: the hours it had before it was moved."""

    key: str
    title: str
    start: datetime
    end: datetime
    begun: bool
    otherwise: str
    cancelled: bool
    was: Interval | None


def files(board: Board, frame: Frame, *, at: datetime) -> Files:
    """Every file by its name, as they are at an instant."""
    found: Files = {}
    for language in frame.languages:
        mine = replace(frame, language=language)
        with spoken(mine):
            found |= {f"{language}/{name}": content for name, content in _in_language(board, mine, at=at).items()}
    first = replace(frame, language=frame.languages[0])
    with spoken(first):
        found["index.html"] = _index(board, first, at=at, top=f"{first.language}/")
        found |= programs.files(board, first, at=at)
    found |= {name: found[f"{first.language}/{name}"] for name in ("feed.atom", "feed.rss")}
    return {**found, **dict([stylesheet(), icon()])}


def _in_language(board: Board, frame: Frame, *, at: datetime) -> Files:
    found = {"index.html": _index(board, frame, at=at)}
    found["maintenance.html"] = page(
        "maintenance", frame, place="maintenance.html", **_stamp(at), works=_works(board, at=at)
    )
    found |= dict(_months(board, frame, at=at))
    for one in board.troubles:
        stamp = None if one.trouble.over_at else at
        found[f"incidents/{one.trouble.public_id}.html"] = _incident(frame, one, words.title(one, board), stamp)
    return {**found, **feeds.files(board, frame)}


def _stamp(at: datetime | None) -> dict[str, Any]:
    """When the page was written, and until when it is to be believed: one that nobody writes any more says so by itself."""
    return {"written_at": at, "believed_until": at + BELIEVED_FOR} if at else {}


def _index(board: Board, frame: Frame, *, at: datetime, top: str = "") -> bytes:
    """`top`: the way down to the folder of the language, for the page at the root."""
    overall = board.overall(at=at)
    works = _works(board, at=at)
    recent = [one for one in board.troubles if one.trouble.over_at and one.trouble.over_at > at - RECENT]
    context = {
        "state": overall,
        "sentence": words.sentence(overall),
        "open": [_story(one, words.title(one, board)) for one in board.troubles if not one.trouble.over_at],
        "recent": [_story(one, words.title(one, board)) for one in recent],
        "works": works,
        "lines": list(_lines(board, at=at)),
        "legend": bars.legend(),
        "front": True,
        **_stamp(at),
    }
    if top:
        context |= {"home": top, "root": ""}
    return page("index", frame, place="index.html", **context)


def _lines(board: Board, *, at: datetime) -> Iterator[Line]:
    for one in board.components:
        level = board.level(one.key, at=at)
        yield Line(
            name=words.in_language(one.names),
            description=words.in_language(one.descriptions),
            state=level,
            label=words.level(level),
            bar=bars.bar(past(board, one.key, at=at)),
        )


def _story(one: Told, title: str) -> Story:
    trouble = one.trouble
    over = trouble.over_at
    said = [
        Said(stage=words.stage(update), text=words.text(update), at=update.at, next_at=None if over else update.next_at)
        for update in reversed(trouble.updates)
    ]
    return Story(
        page=f"incidents/{trouble.public_id}.html",
        title=title,
        state="resolved" if over else one.worst,
        label=_("over") if over else words.level(one.worst),
        began_at=trouble.began_at,
        over_at=over,
        lasted=desk.duration(over - trouble.began_at) if over else "",
        updates=tuple(said),
    )


def _works(board: Board, *, at: datetime) -> list[Work]:
    return [_work(one, board, at=at) for one in board.windows if one.window.end > at]


def _work(one: Planned, board: Board, *, at: datetime) -> Work:
    window = one.window
    title = words.maintenance_title(one, board)
    return Work(
        key=window.public_id,
        title=title,
        start=window.start,
        end=window.end,
        begun=window.is_on(at=at),
        otherwise=words.work_stage(one) if words.is_otherwise(one) else "",
        cancelled=window.cancelled,
        was=None if window.cancelled else window.was,
    )


@lru_cache(maxsize=DRAWN)
def _incident(frame: Frame, one: Told, title: str, at: datetime | None) -> bytes:
    place = f"incidents/{one.trouble.public_id}.html"
    return page("incident", frame, place=place, story=_story(one, title), **_stamp(at))


# -- the months ----------------------------------------------------------------------------------------------------------


def _months(board: Board, frame: Frame, *, at: datetime) -> Iterator[tuple[str, bytes]]:
    """A page for each month that has something to tell, and for this one; and the list of them."""
    zone = ZoneInfo(frame.time_zone)
    by_month: dict[str, list[Story]] = {f"{at.astimezone(zone):%Y-%m}": []}
    for one in board.troubles:
        name = f"{one.trouble.began_at.astimezone(zone):%Y-%m}"
        by_month.setdefault(name, []).append(_story(one, words.title(one, board)))
    names = sorted(by_month, reverse=True)
    listed = [(name, _month(name), len(by_month[name])) for name in names]
    yield "history/index.html", page("months", frame, place="history/index.html", months=listed)
    for name in names:
        place = f"history/{name}.html"
        yield place, page("month", frame, place=place, month=_month(name), stories=by_month[name])


def _month(name: str) -> str:
    year, number = map(int, name.split("-"))
    locale = locale_of(get_language() or "fr")
    return dates.format_skeleton("yMMMM", datetime(year, number, 1, tzinfo=ZoneInfo("UTC")), locale=locale)
