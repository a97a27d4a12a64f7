"""A page: the steps that rang, every delivery with its attempts and receipts, and who took it."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from astreinte.api.v1.shapes.common import Shape, example, name_of
from astreinte.core.models import TimelineEntry
from astreinte.notifications.models import Notification
from astreinte.paging.models import Page

_STEP = {
    "at": "2026-10-25T00:30:00Z",
    "step": 1,
    "round": 1,
    "people": ["Alice Martin"],
    "skipped": False,
    "last_resort": False,
}
_SUMMARY = {
    "id": "0b0f8f2e-54f2-4d0e-8f6b-7a2f3f1f6d12",
    "state": "acknowledged",
    "title": "Mail is down",
    "opened_at": "2026-10-25T00:30:00Z",
    "step": 1,
    "round": 1,
    "escalates_at": None,
    "acknowledged_at": "2026-10-25T00:31:10Z",
    "acknowledged_by": "Alice Martin",
    "acknowledged_via": "sms",
    "eta_at": "2026-10-25T00:46:10Z",
}
_ATTEMPT = {
    "number": 1,
    "started_at": "2026-10-25T00:30:00Z",
    "ended_at": "2026-10-25T00:30:01Z",
    "outcome": "accepted",
    "error": None,
}
_DELIVERY = {
    "id": "7a2f3f1f-54f2-4d0e-8f6b-0b0f8f2e6d13",
    "kind": "page",
    "person": "Alice Martin",
    "channel": "sms",
    "address": "+33611111111",
    "state": "delivered",
    "due_at": "2026-10-25T00:30:00Z",
    "attempts": [_ATTEMPT],
    "receipt": {"at": "2026-10-25T00:30:03Z", "delivered": True, "error": None},
}
_ADDED = {
    "at": "2026-10-25T00:35:00Z",
    "person": "Léa Simon",
    "by": "Alice Martin",
    "answer": "coming",
    "eta_at": "2026-10-25T00:50:00Z",
}
_STEPS = {"page:rung", "page:step-skipped", "page:last-resort"}
_ANSWERS = {"page:joined": "coming", "page:excused": "not-coming"}
# How the end of an attempt is written in the history, and how the API says it.
_ENDS = {"accepted": "accepted", "delayed": "failed", "failed": "failed", "released": "unknown"}


class PageSummary(Shape):
    """A demand for a person, until acknowledged. Steps and rounds count from 1."""

    model_config = example(**_SUMMARY)
    id: uuid.UUID
    state: str
    title: str
    opened_at: datetime
    step: int
    round: int
    escalates_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    acknowledged_via: str | None
    eta_at: datetime | None


class StepOut(Shape):
    """A step that was reached: who was rung, or that it was empty and skipped at once."""

    model_config = example(**_STEP)
    at: datetime
    step: int | None
    round: int | None
    people: list[str]
    skipped: bool
    last_resort: bool


class AddedOut(Shape):
    """Somebody who was called besides the plan. `answer` is `coming`, `not-coming`, or null; who takes the page is in `acknowledged_by`."""

    model_config = example(**_ADDED)
    at: datetime
    person: str
    by: str
    answer: str | None
    eta_at: datetime | None


class Attempt(Shape):
    """One try; `outcome` is `accepted`, `failed`, `unknown` (its worker died) or null while it runs."""

    model_config = example(**_ATTEMPT)
    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    error: str | None


class ReceiptOut(Shape):
    """What the provider said of its arrival."""

    model_config = example(at="2026-10-25T00:30:03Z", delivered=True, error=None)
    at: datetime
    delivered: bool
    error: str | None


class Delivery(Shape):
    """One message to one person over one channel. `address` and errors are shown to the staff."""

    model_config = example(**_DELIVERY)
    id: uuid.UUID
    kind: str
    person: str
    channel: str
    address: str | None
    state: str
    due_at: datetime
    attempts: list[Attempt]
    receipt: ReceiptOut | None


class PageOut(PageSummary):
    """A page with all that was done to find somebody."""

    model_config = example(**_SUMMARY, steps=[_STEP], deliveries=[_DELIVERY], added=[_ADDED])
    steps: list[StepOut]
    added: list[AddedOut]
    deliveries: list[Delivery]


def _summary(page: Page) -> dict[str, Any]:
    return {
        "id": page.public_id,
        "state": page.state,
        "title": page.title,
        "opened_at": page.opened_at,
        "step": page.step + 1,
        "round": page.round + 1,
        "escalates_at": page.escalates_at,
        "acknowledged_at": page.acknowledged_at,
        "acknowledged_by": name_of(page.acknowledged_by),
        "acknowledged_via": page.acknowledged_via or None,
        "eta_at": page.eta_at,
    }


def summary_out(page: Page) -> PageSummary:
    return PageSummary(**_summary(page))


def page_out(page: Page, *, lines: Iterable[TimelineEntry], letters: Iterable[Notification], to_staff: bool) -> PageOut:
    """A page, its history and its messages."""
    history = list(lines)
    mine: dict[str, list[TimelineEntry]] = {}
    for line in history:
        mine.setdefault(line.subject, []).append(line)
    deliveries = [_delivery(letter, mine.get(f"notification/{letter.pk}", []), to_staff=to_staff) for letter in letters]
    return PageOut(**_summary(page), steps=steps(history), added=added(history), deliveries=deliveries)


def steps(lines: Iterable[TimelineEntry]) -> list[StepOut]:
    """The steps as they happened: what the history says of each."""
    return [_step(line) for line in lines if line.kind in _STEPS]


def added(lines: Iterable[TimelineEntry]) -> list[AddedOut]:
    """Those who were called besides the plan, each with the last thing they answered."""
    found: list[AddedOut] = []
    for line in lines:
        if line.kind == "page:added":
            asked = AddedOut(at=line.at, person=line.data["person"], by=line.by_name, answer=None, eta_at=None)
            found.append(asked)
        elif line.kind in _ANSWERS:
            mine = next((one for one in reversed(found) if one.person == line.by_name), None)
            if mine:
                eta_at = line.data.get("eta_at")
                mine.answer = _ANSWERS[line.kind]
                mine.eta_at = datetime.fromisoformat(eta_at) if eta_at else None
    return found


def _step(line: TimelineEntry) -> StepOut:
    return StepOut(
        at=line.at,
        step=line.data.get("step"),
        round=line.data.get("round"),
        people=line.data.get("people", []),
        skipped=line.kind == "page:step-skipped",
        last_resort=line.kind == "page:last-resort",
    )


def _delivery(letter: Notification, lines: list[TimelineEntry], *, to_staff: bool) -> Delivery:
    tried = attempts(lines)
    got = _receipt(letter, lines)
    if not to_staff:
        tried = [one.model_copy(update={"error": None}) for one in tried]
        got = got.model_copy(update={"error": None}) if got else None
    # an address that is a webhook or a chat holds a secret: kept sealed, shown to nobody
    shown = to_staff and letter.channel in {"sms", "voice", "email"}
    return Delivery(
        id=letter.key,
        kind=letter.kind,
        person=letter.name,
        channel=letter.channel,
        address=letter.address if shown else None,
        state=letter.state,
        due_at=letter.due_at,
        attempts=tried,
        receipt=got,
    )


def attempts(lines: Iterable[TimelineEntry]) -> list[Attempt]:
    """Each try of a message, from its history: begun by "sending", ended by what came of it."""
    found: list[Attempt] = []
    for line in lines:
        word = line.kind.partition(":")[2]
        if word == "sending":
            number = line.data["attempt"]
            found.append(Attempt(number=number, started_at=line.at, ended_at=None, outcome=None, error=None))
        elif word in _ENDS and found and found[-1].outcome is None:
            last = found[-1]
            last.ended_at, last.outcome, last.error = line.at, _ENDS[word], line.data.get("error")
    return found


def _receipt(letter: Notification, lines: Iterable[TimelineEntry]) -> ReceiptOut | None:
    """The last word of the provider, which comes after an accepted try (or instead of its end)."""
    accepted = False
    for line in lines:
        if line.kind == "notification:delivered":
            return ReceiptOut(at=line.at, delivered=True, error=None)
        if line.kind == "notification:failed" and accepted:
            return ReceiptOut(at=line.at, delivered=False, error=letter.error or None)
        accepted = line.kind == "notification:accepted" or (accepted and line.kind != "notification:sending")
    return None
