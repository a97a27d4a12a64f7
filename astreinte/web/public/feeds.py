"""The incidents as feeds: Atom (RFC 4287) and RSS 2.0."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import islice
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from astreinte.core.texts import plain
from astreinte.monitoring import public_words as words
from astreinte.monitoring.rules.publicity import Board, Told
from astreinte.web.public.frame import Frame

ATOM = "http://www.w3.org/2005/Atom"
# A reader that was away for a month finds what it missed.
ENTRIES = 50
# The feed of a desk that has nothing to tell yet is as old as this.
NEVER = datetime(2026, 1, 1, tzinfo=UTC)


def files(board: Board, frame: Frame) -> dict[str, bytes]:
    """Both feeds, in the language of the frame."""
    return {"feed.atom": _atom(board, frame), "feed.rss": _rss(board, frame)}


def _changed(one: Told) -> datetime:
    return one.trouble.updates[-1].at if one.trouble.updates else one.trouble.began_at


def _told(board: Board) -> Iterable[Told]:
    return islice(board.troubles, ENTRIES)


def _address(frame: Frame, name: str) -> str:
    return f"{frame.site_url}/{frame.language}/{name}"


def _page(frame: Frame, one: Told) -> str:
    return _address(frame, f"incidents/{one.trouble.public_id}.html")


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
    newest = max((_changed(one) for one in _told(board)), default=NEVER)
    _add(root, "id", _address(frame, "feed.atom"))
    _add(root, "title", frame.title)
    _add(root, "updated", _instant(newest))
    _add(_add(root, "author"), "name", frame.name)
    _add(root, "link", rel="self", type="application/atom+xml", href=_address(frame, "feed.atom"))
    _add(root, "link", rel="alternate", type="text/html", href=_address(frame, "index.html"))
    for one in _told(board):
        entry = _add(root, "entry")
        _add(entry, "id", f"urn:uuid:{one.trouble.public_id}")
        _add(entry, "title", words.title(one, board))
        _add(entry, "published", _instant(one.trouble.began_at))
        _add(entry, "updated", _instant(_changed(one)))
        _add(entry, "link", rel="alternate", type="text/html", href=_page(frame, one))
        _add(entry, "content", _body(one), type="text")
    return _written(root)


def _rss(board: Board, frame: Frame) -> bytes:
    root = ET.Element("rss", {"version": "2.0", "xmlns:atom": ATOM})
    channel = _add(root, "channel")
    _add(channel, "title", frame.title)
    _add(channel, "link", _address(frame, "index.html"))
    _add(channel, "description", _("Incidents, as they are told on the status page."))
    _add(channel, "language", frame.language)
    _add(channel, "atom:link", rel="self", type="application/rss+xml", href=_address(frame, "feed.rss"))
    for one in _told(board):
        item = _add(channel, "item")
        _add(item, "title", words.title(one, board))
        _add(item, "link", _page(frame, one))
        _add(item, "guid", f"urn:uuid:{one.trouble.public_id}", isPermaLink="false")
        _add(item, "pubDate", format_datetime(_changed(one)))
        _add(item, "description", _body(one))
    return _written(root)


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
