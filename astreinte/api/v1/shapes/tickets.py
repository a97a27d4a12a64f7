"""A ticket as the API shows it: the case with its page, clocks, verdict, invoice, evidence, conversation and history."""

import uuid
from datetime import datetime
from typing import Any, Literal

from astreinte.api.v1.shapes.common import Shape, example
from astreinte.api.v1.shapes.invoices import InvoiceOut
from astreinte.api.v1.shapes.pages import PageSummary
from astreinte.api.v1.shapes.servers import CustomerOut

_CLOCK = {
    "started_at": "2026-10-25T00:30:00Z",
    "due_at": "2026-10-25T00:45:00Z",
    "stopped_at": "2026-10-25T00:31:10Z",
    "kept": True,
}
_EVIDENCE = {
    "id": "5e2d41a4-54f2-4d0e-8f6b-0b0f8f2e6d14",
    "kind": "message",
    "text": "Jeanne Blanc: Mail is down",
    "at": "2026-10-25T00:30:00Z",
    "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
}
_FILE = {
    "id": "8d0f8f2e-54f2-4d0e-8f6b-7a2f3f1f6d15",
    "name": "error.png",
    "content_type": "image/png",
    "size": 48213,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
_MESSAGE = {
    "id": "4c1e41a4-54f2-4d0e-8f6b-0b0f8f2e6d16",
    "author": "Jeanne Blanc",
    "by_staff": False,
    "internal": False,
    "body": "Nobody receives anything since midnight.",
    "at": "2026-10-25T00:32:00Z",
    "attachments": [_FILE],
}
_LINE = {
    "number": 42,
    "kind": "ticket:opened",
    "at": "2026-10-25T00:30:00Z",
    "by": "Jeanne Blanc",
    "data": {"mode": "urgent"},
}
_VERDICT = {
    "state": "given",
    "clause": "customer-app",
    "coverage": "excluded",
    "justification": "The shop's own code answers with an error.",
    "evidence": [_EVIDENCE["id"]],
    "given_by": "Alice Martin",
    "given_at": "2026-10-25T01:30:00Z",
    "may_contest_until": "2026-11-24T01:30:00Z",
}
_DISPUTE = {
    "state": "open",
    "reason": "It was the mail server.",
    "opened_by": "Jeanne Blanc",
    "opened_at": "2026-10-26T09:00:00Z",
    "decided_by": None,
    "decided_at": None,
    "answer": None,
}
_CONSENT = {
    "by": "Jeanne Blanc",
    "at": "2026-10-25T00:30:00Z",
    "amount_excl_vat": "95.00",
    "amount_incl_vat": "114.00",
    "vat_rate": "20.00",
    "currency": "EUR",
    "text_sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
_SUMMARY = {
    "ref": "T1001",
    "mode": "urgent",
    "rehearsal": False,
    "state": "acknowledged",
    "server": "web1.boulangerie.example",
    "customer": {"ref": "boulangerie", "name": "Boulangerie du Port SARL"},
    "symptom": "mail",
    "subject": "Mail is down",
    "opened_by": "Jeanne Blanc",
    "opened_at": "2026-10-25T00:30:00Z",
    "handled_by": "Alice Martin",
    "eta_at": "2026-10-25T00:46:10Z",
    "resolved_at": None,
    "page": PageSummary.example(),
    "clocks": {"gti": _CLOCK, "gtr": {**_CLOCK, "due_at": "2026-10-25T01:30:00Z", "stopped_at": None, "kept": None}},
    "verdict": None,
    "dispute": None,
    "invoice": None,
}


class ClockOut(Shape):
    """A commitment; `kept` is null while it runs."""

    model_config = example(**_CLOCK)
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    kept: bool | None


class Clocks(Shape):
    """The time to intervene and the time to restore; null for a standard ticket."""

    model_config = example(gti=_CLOCK, gtr=None)
    gti: ClockOut | None
    gtr: ClockOut | None


class ConsentOut(Shape):
    """What was accepted; the two SHA-256 are those of the text and of the whole acceptance."""

    model_config = example(**_CONSENT)
    by: str
    at: datetime
    amount_excl_vat: str
    amount_incl_vat: str
    vat_rate: str
    currency: str
    text_sha256: str
    sha256: str


class VerdictOut(Shape):
    model_config = example(**_VERDICT)
    state: str
    clause: str
    coverage: Literal["covered", "excluded", "undetermined"]
    justification: str
    evidence: list[uuid.UUID]
    given_by: str
    given_at: datetime
    may_contest_until: datetime | None


class DisputeOut(Shape):
    model_config = example(**_DISPUTE)
    state: str
    reason: str
    opened_by: str
    opened_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    answer: str | None


class EvidenceOut(Shape):
    """Something a verdict may rest on, frozen; `text` is empty once it was erased on request."""

    model_config = example(**_EVIDENCE)
    id: uuid.UUID
    kind: str
    text: str
    at: datetime
    sha256: str
    erased_at: datetime | None = None


class AttachmentOut(Shape):
    model_config = example(**_FILE)
    id: uuid.UUID
    name: str
    content_type: str
    size: int
    sha256: str


class MessageOut(Shape):
    model_config = example(**_MESSAGE)
    id: uuid.UUID
    author: str
    by_staff: bool
    internal: bool
    body: str
    at: datetime
    attachments: list[AttachmentOut]
    erased_at: datetime | None = None


class Line(Shape):
    """One line of history; `number` only grows."""

    model_config = example(**_LINE)
    number: int
    kind: str
    at: datetime
    by: str
    data: dict[str, Any]


class TicketSummary(Shape):
    model_config = example(**_SUMMARY)
    ref: str
    mode: Literal["standard", "urgent"]
    rehearsal: bool
    state: Literal["open", "acknowledged", "resolved", "closed", "cancelled"]
    server: str
    customer: CustomerOut
    symptom: str
    subject: str
    opened_by: str
    opened_at: datetime
    handled_by: str | None
    eta_at: datetime | None
    resolved_at: datetime | None
    page: PageSummary | None
    clocks: Clocks
    verdict: VerdictOut | None
    dispute: DisputeOut | None
    invoice: InvoiceOut | None


class Tickets(Shape):
    model_config = example(items=[_SUMMARY], next=None)
    items: list[TicketSummary]
    next: str | None


class TicketOut(TicketSummary):
    """A whole case, as the caller may see it."""

    model_config = example(
        **_SUMMARY,
        body="Nobody receives anything since midnight.",
        summary=None,
        consent=_CONSENT,
        evidence=[_EVIDENCE],
        messages=[_MESSAGE],
        timeline=[_LINE],
    )
    body: str
    summary: str | None
    consent: ConsentOut | None
    evidence: list[EvidenceOut]
    messages: list[MessageOut]
    timeline: list[Line]
