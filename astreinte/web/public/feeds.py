"""The incidents, and the maintenance to come, as feeds: Atom (RFC 4287) and RSS 2.0."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from itertools import chain, islice
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from astreinte.core.texts import plain
from astreinte.monitoring import public_words as words
from astreinte.monitoring.rules.publicity import Board, Planned, Told
from astreinte.web.public.frame import Frame

ATOM = "http://www.w3.org/2005/Atom"
# A reader that was away for a month finds what it missed.
ENTRIES = 50
# The feed of a desk that has nothing to tell yet is as old as this.
NEVER = datetime(2026, 1, 1, tzinfo=UTC)


def files(board: Board, frame: Frame) -> dict[str, bytes]:
    """Both feeds, in the language of the frame."""
    return {"feed.atom": _atom(board, frame), "feed.rss": _rss(board, frame)}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing to read. `page`: where, in the folder of the language."""

    public_id: str
    title: str
    page: str
    body: str
    published: datetime
    changed: datetime


def _entries(board: Board) -> list[Entry]:
    """What is planned (or was, and is off) before its hours are past; then the incidents, newest first."""
    works = sorted(map(partial(_of_work, board=board), board.windows), key=lambda one: one.changed, reverse=True)
    return list(islice(chain(works, map(partial(_of_trouble, board=board), board.troubles)), ENTRIES))


def _of_trouble(one: Told, *, board: Board) -> Entry:
    trouble = one.trouble
    return Entry(
        public_id=trouble.public_id,
        title=words.title(one, board),
        page=f"incidents/{trouble.public_id}.html",
        body=_body(one),
        published=trouble.began_at,
        changed=trouble.updates[-1].at if trouble.updates else trouble.began_at,
    )


def _of_work(one: Planned, *, board: Board) -> Entry:
    window = one.window
    planned = window.planned_at or window.start
    return Entry(
        public_id=window.public_id,
        title=words.work_line(one, board),
        page="maintenance.html",
        body=plain(words.work_text(one)),
        published=planned,
        changed=window.changed_at or planned,
    )


def _address(frame: Frame, name: str) -> str:
    return f"{frame.site_url}/{frame.language}/{name}"


def _body(one: Told) -> str:
    """The updates, newest first, as plain text."""
    updates = [
        f"{words.stage(update)} ({update.at:%Y-%m-%d %H:%M} UTC)\n{words.text(update)}"
        for update in one.trouble.updates
    ]
    return plain("\n\n".join(reversed(updates)))


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, attributes)
    if text:
        child.text = plain(text)
    return child


def _written(root: ET.Element) -> bytes:
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _atom(board: Board, frame: Frame) -> bytes:
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": frame.language})
    entries = _entries(board)
    newest = max((one.changed for one in entries), default=NEVER)
    _add(root, "id", _address(frame, "feed.atom"))
    _add(root, "title", frame.title)
    _add(root, "updated", _instant(newest))
    _add(_add(root, "author"), "name", frame.name)
    _add(root, "link", rel="self", type="application/atom+xml", href=_address(frame, "feed.atom"))
    _add(root, "link", rel="alternate", type="text/html", href=_address(frame, "index.html"))
    for one in entries:
        entry = _add(root, "entry")
        _add(entry, "id", f"urn:uuid:{one.public_id}")
        _add(entry, "title", one.title)
        _add(entry, "published", _instant(one.published))
        _add(entry, "updated", _instant(one.changed))
        _add(entry, "link", rel="alternate", type="text/html", href=_address(frame, one.page))
        _add(entry, "content", one.body, type="text")
    return _written(root)


def _rss(board: Board, frame: Frame) -> bytes:
    root = ET.Element("rss", {"version": "2.0", "xmlns:atom": ATOM})
    channel = _add(root, "channel")
    _add(channel, "title", frame.title)
    _add(channel, "link", _address(frame, "index.html"))
    _add(channel, "description", _("Incidents and planned maintenance, as they are told on the status page."))
    _add(channel, "language", frame.language)
    _add(channel, "atom:link", rel="self", type="application/rss+xml", href=_address(frame, "feed.rss"))
    for one in _entries(board):
        item = _add(channel, "item")
        _add(item, "title", one.title)
        _add(item, "link", _address(frame, one.page))
        _add(item, "guid", f"urn:uuid:{one.public_id}", isPermaLink="false")
        _add(item, "pubDate", format_datetime(one.changed))
        _add(item, "description", one.body)
    return _written(root)


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
