"""The history as plain dictionaries, for whoever leaves or checks us. Instants are RFC 3339 in UTC. Reads only."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from astreinte.core.models import TimelineEntry

CHUNK = 1000


def instant(at: datetime | None) -> str | None:
    """As every export and the API write it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def timeline(*, since: datetime | None) -> Iterator[dict[str, Any]]:
    """Every line of history, oldest first."""
    lines = TimelineEntry.objects.order_by("id")
    for line in (lines.filter(at__gte=since) if since else lines).iterator(chunk_size=CHUNK):
        yield {
            "id": line.pk,
            "story": line.story,
            "subject": line.subject,
            "kind": line.kind,
            "at": instant(line.at),
            "by": {"kind": line.by_kind, "id": line.by_id, "name": line.by_name},
            "data": line.data,
            "sha256": line.sha256,
            "seal": line.seal,
        }
