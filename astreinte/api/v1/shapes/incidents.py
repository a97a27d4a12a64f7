"""Incidents, and the checks that found them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import get_language

from astreinte.accounts.models import User
from astreinte.api.v1.shapes.common import Shape, example, name_of
from astreinte.monitoring import said
from astreinte.monitoring.models import Check, Incident, PublicMessage

_CHECK = {
    "id": "5e2d41a4-6c3f-4d0e-9a55-7a2f3f1f6d15",
    "kind": "imap",
    "where": "web1.boulangerie.example",
    "state": "down",
    "since": "2026-10-25T00:12:00Z",
    "looked_at": "2026-10-25T00:31:00Z",
    "took_ms": 12,
    "interval_s": 60,
    "down_after": 3,
    "up_after": 2,
}
_SAID = {
    "stage": "identified",
    "text": "A disk is full: we are making room.",
    "language": "en",
    "texts": {"en": "A disk is full: we are making room."},
    "author": "Alice Martin",
    "said_at": "2026-10-25T00:20:00Z",
    "next_update_at": "2026-10-25T00:42:00Z",
}
_INCIDENT = {
    "id": "6f1c2b0e-6c3f-4f0e-9a55-0a4f3f1f6d10",
    "state": "open",
    "title": "Mail does not answer",
    "servers": ["web1.boulangerie.example"],
    "opened_at": "2026-10-25T00:12:00Z",
    "resolved_at": None,
    "next_update_at": "2026-10-25T00:42:00Z",
    "acknowledged_by": "Alice Martin",
    "acknowledged_at": "2026-10-25T00:14:00Z",
    "eta_at": None,
    "page": None,
    "check": _CHECK,
    "messages": [_SAID],
    "following": False,
}


class CheckOut(Shape):
    """One thing watched: a look every `interval_s` seconds, down after so many failures in a row, up after so many successes."""

    model_config = example(**_CHECK)
    id: uuid.UUID
    kind: str
    where: str
    state: Literal["unknown", "up", "down"]
    since: datetime | None
    looked_at: datetime | None
    took_ms: int | None
    interval_s: int
    down_after: int
    up_after: int


class PublicMessageOut(Shape):
    """What was said in public: `text` is in `language`, the reader's where there is one. Without `author` it was said by itself."""

    model_config = example(**_SAID)
    stage: Literal["investigating", "identified", "monitoring", "resolved"]
    text: str
    language: str
    texts: dict[str, str]
    author: str | None
    said_at: datetime
    next_update_at: datetime | None


class IncidentOut(Shape):
    """An anomaly; `servers` are those the caller sees. `page` is its last call of an engineer, for the staff.

    `suspected`, for the staff alone: several customers told us of trouble at once, and nobody has confirmed it.
    `messages` were said in public about it, or about the trouble it is a part of, oldest first; `following`: the caller reads them by e-mail.
    """

    model_config = example(**_INCIDENT)
    id: uuid.UUID
    state: Literal["suspected", "open", "resolved"]
    title: str
    servers: list[str]
    opened_at: datetime
    resolved_at: datetime | None
    next_update_at: datetime | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    eta_at: datetime | None
    page: uuid.UUID | None
    check: CheckOut | None
    messages: list[PublicMessageOut]
    following: bool


class Incidents(Shape):
    model_config = example(items=[_INCIDENT], next=None)
    items: list[IncidentOut]
    next: str | None


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who asks: the names of the servers they see, whether they work on cases; what was said, and what they follow."""

    sees: frozenset[str]
    is_staff: bool
    said: Mapping[int, list[PublicMessage]]
    follows: frozenset[int]


def reader_of(user: User, incidents: Sequence[Incident], *, sees: frozenset[str]) -> Reader:
    """Somebody who reads these incidents; asked once for all."""
    return Reader(
        sees=sees,
        is_staff=user.handles_cases,
        said=said.about(incidents),
        follows=said.followed(incidents, by=user),
    )


def said_out(message: PublicMessage) -> PublicMessageOut:
    told = said.in_language(message.texts, language=(get_language() or "fr")[:2])
    return PublicMessageOut.model_validate(
        {
            "stage": message.stage,
            "text": told.text,
            "language": told.language,
            "texts": message.texts,
            "author": name_of(message.author),
            "said_at": message.said_at,
            "next_update_at": message.next_update_at,
        }
    )


def check_out(check: Check) -> CheckOut:
    return CheckOut.model_validate(
        {
            "id": check.public_id,
            "kind": check.kind,
            "where": check.where,
            "state": check.state,
            "since": check.since,
            "looked_at": check.looked_at,
            "took_ms": check.took_ms,
            "interval_s": check.interval_s,
            "down_after": check.down_after,
            "up_after": check.up_after,
        }
    )


def incident_out(incident: Incident, *, reader: Reader) -> IncidentOut:
    """An incident, with only those of its servers that the reader sees."""
    page, check = incident.call, incident.of_check
    return IncidentOut.model_validate(
        {
            "id": incident.public_id,
            "state": incident.state,
            "title": incident.title,
            "servers": sorted(server.name for server in incident.servers.all() if server.name in reader.sees),
            "opened_at": incident.opened_at,
            "resolved_at": incident.resolved_at,
            "next_update_at": incident.next_update_at,
            "acknowledged_by": name_of(page.acknowledged_by) if page else None,
            "acknowledged_at": page.acknowledged_at if page else None,
            "eta_at": page.eta_at if page else None,
            "page": page.public_id if page and reader.is_staff else None,
            "check": check_out(check) if check and check.server.name in reader.sees else None,
            "messages": [said_out(one) for one in reader.said.get(incident.pk, ())],
            "following": incident.pk in reader.follows,
        }
    )
