"""Planned maintenance."""

import uuid
from datetime import datetime
from typing import Literal

from astreinte.api.v1.shapes.common import Shape, example
from astreinte.monitoring.models import Maintenance

_MAINTENANCE = {
    "id": "0b0f8f2e-54f2-4d0e-8f6b-7a2f3f1f6d11",
    "state": "planned",
    "title": "New kernel",
    "servers": ["web1.boulangerie.example"],
    "start": "2026-11-03T03:00:00Z",
    "end": "2026-11-03T03:30:00Z",
    "reason": "",
}


class MaintenanceOut(Shape):
    """A planned intervention; `servers` are those the caller sees. `reason`: why it was cancelled, or ended before its hour."""

    model_config = example(**_MAINTENANCE)
    id: uuid.UUID
    state: Literal["planned", "in-progress", "over", "cancelled"]
    title: str
    servers: list[str]
    start: datetime
    end: datetime
    reason: str


class Maintenances(Shape):
    model_config = example(items=[_MAINTENANCE], next=None)
    items: list[MaintenanceOut]
    next: str | None


def maintenance_out(planned: Maintenance, *, sees: frozenset[str], at: datetime) -> MaintenanceOut:
    return MaintenanceOut.model_validate(
        {
            "id": planned.public_id,
            "state": planned.phase(at=at),
            "title": planned.title,
            "servers": sorted(server.name for server in planned.servers.all() if server.name in sees),
            "start": planned.start,
            "end": planned.end,
            "reason": planned.reason,
        }
    )
