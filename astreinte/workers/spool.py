"""Results of a prober on disk, in the order they were made, until the desk has them: small files that only grow, and go once sent.

What is written survives the process. Past 48 h, or 128 MB, the oldest are given up and counted.
"""

import json
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import structlog

from astreinte.monitoring.rules import Seen
from astreinte.monitoring.rules.agreement import FORGOTTEN

log = structlog.get_logger()
SEGMENT_BYTES, MOST_BYTES = 1024 * 1024, 128 * 1024 * 1024
EPOCH, MICROSECOND, MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1), timedelta(milliseconds=1)
# number, check, milliseconds since 1970, up, took_ms, saw, error
Row = list[Any]


@dataclass(kw_only=True)
class _Segment:
    """One file; `rows` are read when it is its turn, and are at hand while it grows."""

    path: Path
    count: int = 0
    size: int = 0
    newest: datetime = EPOCH
    rows: deque[Row] | None = None
    file: TextIO | None = field(default=None, repr=False)


class Spool:
    """Two threads may use it: one adds, one sends."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES, segment_bytes: int = SEGMENT_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.dropped = 0
        self._folder, self._most, self._segment_bytes = folder, most_bytes, segment_bytes
        self._lock = threading.Lock()
        self._segments = deque(_found(path) for path in sorted(folder.glob("*.jsonl")))
        self._number = max((_last(segment) for segment in self._segments), default=0)

    @property
    def kept(self) -> int:
        """How many results the desk does not have yet."""
        return sum(segment.count for segment in self._segments)

    def begin_after(self, number: int) -> None:
        """The desk knows numbers up to this one: the next result has a higher one."""
        with self._lock:
            self._number = max(self._number, number)

    def add(self, seen: Iterable[Seen]) -> None:
        """Keep these. Raises OSError when the disk does not take them: they are at hand all the same."""
        with self._lock:
            for one in seen:
                self._number = max(self._number + 1, (one.at - EPOCH) // MICROSECOND)
                self._append(_row(self._number, one), at=one.at)
            if self._segments and self._segments[-1].file:
                self._segments[-1].file.flush()
            while len(self._segments) > 1 and sum(one.size for one in self._segments) > self._most:
                self._give_up(self._segments[0].count, why="too many")
                self._remove_first()

    def batch(self, most: int, *, at: datetime) -> list[dict[str, Any]]:
        """The oldest results, as a report says them; what is older than 48 h is given up first."""
        with self._lock:
            self._forget(before=at - FORGOTTEN)
            found: list[Row] = []
            for segment in self._segments:
                found += list(_rows(segment))[: most - len(found)]
                if len(found) >= most:
                    break
        return [_told(row) for row in found]

    def taken(self, number: int) -> None:
        """The desk has everything up to this number."""
        with self._lock:
            while self._segments:
                rows, segment = _rows(self._segments[0]), self._segments[0]
                while rows and rows[0][0] <= number:
                    rows.popleft()
                segment.count = len(rows)
                if rows:
                    return
                self._remove_first()

    def close(self) -> None:
        """Leave the files as they are."""
        for segment in self._segments:
            _close(segment)

    # -- files -----------------------------------------------------------------------------------------------------------

    def _append(self, row: Row, *, at: datetime) -> None:
        if not self._segments or self._segments[-1].file is None or self._segments[-1].size >= self._segment_bytes:
            self._begin(row[0])
        segment = self._segments[-1]
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
        segment.count, segment.size, segment.newest = segment.count + 1, segment.size + len(line), at
        if segment.rows is not None:
            segment.rows.append(row)
        if segment.file:
            segment.file.write(line)

    def _begin(self, number: int) -> None:
        if self._segments:
            _close(self._segments[-1])
        segment = _Segment(path=self._folder / f"{number:020d}.jsonl", rows=deque())
        self._segments.append(segment)
        segment.file = segment.path.open("a", encoding="utf-8")

    def _forget(self, *, before: datetime) -> None:
        while self._segments:
            rows, gone = _rows(self._segments[0]), 0
            while rows and EPOCH + rows[0][2] * MILLISECOND < before:
                rows.popleft()
                gone += 1
            self._segments[0].count = len(rows)
            self._give_up(gone, why="older than 48 h")
            if rows:
                return
            self._remove_first()

    def _give_up(self, count: int, *, why: str) -> None:
        if count:
            self.dropped += count
            log.warning("results given up", count=count, why=why)

    def _remove_first(self) -> None:
        segment = self._segments.popleft()
        _close(segment)
        segment.path.unlink(missing_ok=True)


def _close(segment: _Segment) -> None:
    file, segment.file = segment.file, None
    if file:
        with suppress(OSError):  # what could not be written was said when it was
            file.close()


def _rows(segment: _Segment) -> deque[Row]:
    if segment.rows is None:
        segment.rows = deque(_read(segment.path))
    return segment.rows


def _read(path: Path) -> Iterable[Row]:
    """Every whole line: a process that was killed may leave half of one."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            row = json.loads(line)
            Seen(**_seen(row))
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        yield row


def _found(path: Path) -> _Segment:
    rows = list(_read(path))
    newest = EPOCH + rows[-1][2] * MILLISECOND if rows else EPOCH
    return _Segment(path=path, count=len(rows), size=path.stat().st_size, newest=newest)


def _last(segment: _Segment) -> int:
    return max((int(row[0]) for row in _read(segment.path)), default=0)


def _row(number: int, seen: Seen) -> Row:
    at_ms = (seen.at - EPOCH) // MILLISECOND
    return [number, seen.check, at_ms, seen.up, seen.took_ms, seen.saw[:200], seen.error[:20]]


def _seen(row: Row) -> dict[str, Any]:
    _number, check, at_ms, up, took_ms, saw, error = row
    at = EPOCH + at_ms * MILLISECOND
    return {"check": check, "at": at, "up": up, "took_ms": took_ms, "saw": saw, "error": error}


def _told(row: Row) -> dict[str, Any]:
    said = asdict(Seen(**_seen(row)))
    return {"number": row[0], **said, "at": said["at"].isoformat()}
