"""The listing of the copies that a backup job sends with its heartbeat, as `ls`, `find` or `restic` writes it. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from astreinte.core import texts
from astreinte.core.refusals import Refusal
from astreinte.monitoring import payloads
from astreinte.monitoring.rules.copies import DAY, MOST_NAMES, Copy, copy_of

# ls -l --time-style=full-iso, a file: -rw-r--r-- 1 root root 1234 2026-11-26 02:51:03.123456789 +0100 www.tar.gz
LS = re.compile(
    r"-[rwxsStT-]{9}[.+@]? +\d+ +\S+ +\S+ +(?P<size>\d{1,18}) "
    r"+(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d{1,9})? (?P<zone>[+-]\d{4}) (?P<path>.+)",
    re.ASCII,
)
# what else it lists: folders, links and the like, and how many blocks all that is
LS_OTHER = re.compile(r"[bcdlps][rwxsStT-]{9}[.+@]? .*|\w+ \d+")
# find -type f -printf '%T+ %s %p\n', or %T@ for the seconds since 1970
FIND = re.compile(r"(?P<at>\d{4}-\d\d-\d\d\+\d\d:\d\d:\d\d)(?:\.\d+)? (?P<size>\d{1,18}) (?P<path>.+)", re.ASCII)
EPOCH = re.compile(r"(?P<at>\d{1,11})(?:\.\d+)? (?P<size>\d{1,18}) (?P<path>.+)", re.ASCII)
LONGEST_NAME, LONGEST_QUOTE = 100, 80


class Unreadable(ValueError):  # noqa: N818 - an answer, not an error
    """No listing that we know; says which line, and what it says. Not a refusal: it counts, against the backup."""


@dataclass(frozen=True, kw_only=True)
class _File:
    path: str
    changed_at: datetime
    size: int | None


def read(body: bytes, *, pattern: str, zone: str, at: datetime) -> list[Copy]:
    """The copies of a listing; what says no time zone is in `zone`. Raises Unreadable.

    Files in a folder named for a day are one copy, of the name of that folder.
    """
    text = body.decode("utf-8-sig", "replace")
    files = _snapshots(body) if text.lstrip()[:1] in {"[", "{"} else _lines(text, zone=zone)
    named = [
        copy_of(name, changed_at=one.changed_at, size=one.size, pattern=pattern, at=at)
        for name, one in _together(files)
    ]
    return [replace(copy, name=_shown(copy.name, LONGEST_NAME)) for copy in named if copy]


def _shown(text: str, limit: int) -> str:
    return texts.plain(text, one_line=True, limit=limit)


def _together(files: Iterable[_File]) -> Iterator[tuple[str, _File]]:
    """Each copy: a file, or all that is in the folder of one day, with its name."""
    found: dict[str, _File] = {}
    for one in files:
        path = _copy(one.path)
        known = found.get(path)
        found[path] = _both(known, one) if known else one
    for path, one in found.items():
        yield path.rpartition("/")[2], one


def _copy(path: str) -> str:
    """The path of the copy that a file belongs to: up to the first folder named for a day, or all of it."""
    parts = path.split("/")
    day = next((number for number, part in enumerate(parts[:-1]) if DAY.search(part)), len(parts) - 1)
    return "/".join(parts[: day + 1])


def _both(one: _File, other: _File) -> _File:
    size = None if one.size is None or other.size is None else one.size + other.size
    return _File(path=one.path, changed_at=max(one.changed_at, other.changed_at), size=size)


# -- lines ---------------------------------------------------------------------------------------------------------------


def _lines(text: str, *, zone: str) -> Iterator[_File]:
    lines = text.split("\n")
    if len(lines) > MOST_NAMES:
        raise Unreadable(f"the listing cannot be read: it has more than {MOST_NAMES} lines")
    for number, line in enumerate(lines, start=1):
        said = line.rstrip("\r")
        if said.strip() and not LS_OTHER.fullmatch(said):
            yield _file(said, number=number, zone=zone)


def _file(line: str, *, number: int, zone: str) -> _File:
    found = LS.fullmatch(line) or FIND.fullmatch(line) or EPOCH.fullmatch(line)
    try:
        changed_at = _changed_at(found.groupdict(), zone=zone) if found else None
    except (ValueError, OverflowError):
        changed_at = None
    if found is None or changed_at is None:
        raise Unreadable(f"the listing cannot be read: line {number} says {_shown(line, LONGEST_QUOTE)!r}")
    return _File(path=found["path"].rstrip("/"), changed_at=changed_at, size=int(found["size"]))


def _changed_at(said: dict[str, str], *, zone: str) -> datetime:
    """Raises ValueError and OverflowError for an instant that there never was."""
    at = said["at"]
    if at.isdecimal():
        return datetime.fromtimestamp(int(at), UTC)
    local = datetime.fromisoformat(at.replace("+", " ") + said.get("zone", ""))
    return (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


# -- snapshots -----------------------------------------------------------------------------------------------------------


def _snapshots(body: bytes) -> Iterator[_File]:
    """As `restic snapshots --json` says them."""
    try:
        found = payloads.read(body)
    except Refusal:
        raise Unreadable("the listing cannot be read: it is not JSON") from None
    if not isinstance(found, list) or len(found) > MOST_NAMES:
        raise Unreadable(f"the listing cannot be read: a list of at most {MOST_NAMES} snapshots is expected")
    for number, one in enumerate(found, start=1):
        yield _snapshot(one if isinstance(one, dict) else {}, number=number)


def _snapshot(said: dict[str, Any], *, number: int) -> _File:
    made_at = payloads.instant(said.get("time"))
    try:
        changed_at = made_at.astimezone(UTC) if made_at else None
    except OverflowError:
        changed_at = None
    if changed_at is None:
        raise Unreadable(f"the listing cannot be read: snapshot {number} has no time with its zone")
    return _File(path=f"snapshot {changed_at:%Y-%m-%d %H:%M}", changed_at=changed_at, size=_size(said.get("summary")))


def _size(summary: Any) -> int | None:
    """How much was in it, in bytes: restic says so since 0.17."""
    size = summary.get("total_bytes_processed") if isinstance(summary, dict) else None
    return size if isinstance(size, int) and not isinstance(size, bool) else None
