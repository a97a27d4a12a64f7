"""What the stand-in network remembers, in memory and bounded: texts, calls, letters, the ledger of every request."""

import email
import itertools
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from typing import Any
from uuid import uuid4

from astreinte.core import clock

PER_PHONE = 200
LEDGER = 50_000
MAILBOX = 60

# What a fault may be; the table of docs/channels and of the tests. Empty means well again.
FAULTS = frozenset({
    "400", "500", "503", "429", "reset", "stall", "garbage",  # before anything is accepted
    "lost-answer",  # accepted, then the connection is cut before the answer
    "slow-answer",  # accepted at once, answered late
    "silence", "undelivered", "late", "duplicate", "out-of-order", "unknown-id",  # what follows an acceptance
    "busy", "no-answer", "voicemail",  # calls
})  # fmt: skip


@dataclass(kw_only=True)
class Text:
    """An SMS, seen from the phone: `inbound` means the person wrote it."""

    sid: str
    phone: str
    other: str
    body: str
    written_here: bool = False
    status: str = "queued"
    made_at: datetime
    note: str = ""


@dataclass(kw_only=True)
class Call:
    """A call to a phone: ringing until somebody touches a button, or until it has rung long enough."""

    sid: str
    phone: str
    other: str
    twiml: str
    callback: str
    events: tuple[str, ...]
    ring_s: float
    status: str = "queued"
    made_at: datetime
    said: list[str] = field(default_factory=list)
    language: str = "fr-FR"
    action: str = ""
    pressed: list[str] = field(default_factory=list)

    @property
    def is_ringing(self) -> bool:
        return self.status in {"queued", "ringing"}

    @property
    def is_live(self) -> bool:
        return self.status == "in-progress"


@dataclass(kw_only=True)
class Letter:
    """An e-mail as it arrived; taken apart when a person reads it."""

    id: str
    to: str
    envelope_sender: str
    raw: bytes
    made_at: datetime

    @cached_property
    def _message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=default)

    @property
    def sender(self) -> str:
        return str(self._message["From"] or self.envelope_sender)

    @property
    def subject(self) -> str:
        return str(self._message["Subject"] or "")

    @property
    def text(self) -> str:
        body = self._message.get_body(preferencelist=("plain", "html"))
        return str(body.get_content()) if body is not None else ""

    @property
    def headers(self) -> dict[str, str]:
        return {name: str(value) for name, value in self._message.items()}

    @property
    def attachments(self) -> tuple[str, ...]:
        return tuple(str(part.get_filename() or "?") for part in self._message.iter_attachments())


@dataclass(kw_only=True)
class Entry:
    """One line of the ledger: a request as it arrived, before anything was decided about it."""

    n: int
    kind: str
    key: str
    to: str
    monotonic: float
    wall: float
    fault: str
    status: int
    body: Any


@dataclass(kw_only=True)
class Fault:
    """A way to misbehave, for `left` requests (None: until it is cleared)."""

    mode: str
    left: int | None = None
    seconds: float = 30.0


def new_sid(prefix: str) -> str:
    return prefix + uuid4().hex


def now() -> datetime:
    return clock.now()


class Network:
    """Everything that arrived, by phone and by mailbox. `version` moves with each change: a page asks for news."""

    def __init__(self, names: dict[str, str] | None = None) -> None:
        self.names = names or {}
        self.texts: dict[str, deque[Text]] = defaultdict(lambda: deque(maxlen=PER_PHONE))
        self.calls: dict[str, deque[Call]] = defaultdict(lambda: deque(maxlen=PER_PHONE))
        self.letters: dict[str, deque[Letter]] = defaultdict(lambda: deque(maxlen=MAILBOX))
        self.ledger: deque[Entry] = deque(maxlen=LEDGER)
        self.faults: dict[tuple[str, str], Fault] = {}
        self.version = 1
        self._numbers = itertools.count(1)

    def changed(self) -> None:
        self.version += 1

    def record(self, kind: str, *, key: str, to: str, body: Any) -> tuple[Entry, Fault | None]:
        """Write the arrival down and say how to misbehave, if asked to."""
        fault = self._take_fault(kind, to)
        entry = Entry(
            n=next(self._numbers),
            kind=kind,
            key=key,
            to=to,
            monotonic=time.monotonic(),
            wall=clock.now().timestamp(),
            fault=fault.mode if fault else "",
            status=0,
            body=body,
        )
        self.ledger.append(entry)
        self.changed()
        return entry, fault

    def _take_fault(self, kind: str, to: str) -> Fault | None:
        for where in ((to, kind), (to, "*"), ("*", kind), ("*", "*")):
            fault = self.faults.get(where)
            if fault is None:
                continue
            if fault.left is not None:
                fault.left -= 1
                if fault.left <= 0:
                    del self.faults[where]
            return fault
        return None

    def phones(self) -> Iterator[str]:
        """Every phone that is known by name or by what it received, in a steady order."""
        known = [number for number in self.names if number.startswith("+")]
        seen = sorted({*self.texts, *self.calls} - set(known))
        return iter([*known, *seen])

    def mailboxes(self) -> Iterator[str]:
        known = [address for address in self.names if "@" in address]
        seen = sorted(set(self.letters) - set(known))
        return iter([*known, *seen])

    def find_call(self, sid: str) -> Call | None:
        return next((call for shelf in self.calls.values() for call in reversed(shelf) if call.sid == sid), None)

    def find_text(self, sid: str) -> Text | None:
        return next((text for shelf in self.texts.values() for text in reversed(shelf) if text.sid == sid), None)

    def forget(self) -> None:
        """Empty phones, mailboxes, ledger and faults; names stay."""
        self.texts.clear()
        self.calls.clear()
        self.letters.clear()
        self.faults.clear()
        self.ledger.clear()
        self.changed()
