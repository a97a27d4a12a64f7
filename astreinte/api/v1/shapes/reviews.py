"""The verdicts that wait for somebody: for a second person, or because of an incident that is known since."""

import uuid
from datetime import datetime
from typing import Literal

from astreinte.api.v1.shapes.cases import proposed_out, verdict_out
from astreinte.api.v1.shapes.common import Shape, example
from astreinte.api.v1.shapes.servers import CustomerOut
from astreinte.api.v1.shapes.tickets import VerdictOut
from astreinte.tickets.models import Review
from astreinte.tickets.reviews import Waiting

_INCIDENT = {
    "id": "6f1c2b0e-6c3f-4f0e-9a55-0a4f3f1f6d10",
    "title": "Mail does not answer",
    "opened_at": "2026-10-25T00:12:00Z",
}
_REVIEW = {
    "ticket": "T1001",
    "customer": CustomerOut.example(),
    "server": "web1.boulangerie.example",
    "subject": "Mail is down",
    "reason": "incident",
    "since": "2026-10-25T02:00:00Z",
    "verdict": VerdictOut.example(),
    "incident": _INCIDENT,
    "invoice": None,
}


class ReviewedIncident(Shape):
    """The incident that was not known when the verdict was given."""

    model_config = example(**_INCIDENT)
    id: uuid.UUID
    title: str
    opened_at: datetime


class ReviewOut(Shape):
    """`second-person`: it would bill against the advice. `incident`: it bills, and an incident covers its time; `invoice` if it was issued."""

    model_config = example(**_REVIEW)
    ticket: str
    customer: CustomerOut
    server: str
    subject: str
    reason: Literal["second-person", "incident"]
    since: datetime
    verdict: VerdictOut
    incident: ReviewedIncident | None
    invoice: str | None


class Reviews(Shape):
    model_config = example(items=[_REVIEW], next=None)
    items: list[ReviewOut]
    next: str | None


def review_out(one: Waiting) -> ReviewOut:
    ticket, flagged = one.ticket, one.flagged
    return ReviewOut.model_validate(
        {
            "ticket": ticket.ref,
            "customer": CustomerOut(ref=ticket.customer.ref, name=ticket.customer.name),
            "server": ticket.server.name,
            "subject": ticket.subject,
            "reason": "incident" if flagged else "second-person",
            "since": one.since,
            "verdict": verdict_out(flagged.verdict) if flagged else one.proposed and proposed_out(one.proposed),
            "incident": flagged and _incident(flagged),
            "invoice": flagged and _invoice(flagged),
        }
    )


def _incident(review: Review) -> ReviewedIncident:
    found = review.incident
    return ReviewedIncident(id=found.public_id, title=found.title, opened_at=found.opened_at)


def _invoice(review: Review) -> str | None:
    charge = review.verdict.charge
    return charge.invoice.number if charge and charge.invoice else None
