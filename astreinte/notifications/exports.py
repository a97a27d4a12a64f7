"""Deliveries as plain dictionaries; an address that is a secret stays out. Reads only."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from astreinte.core.changes import HIDDEN
from astreinte.core.exports import CHUNK, instant
from astreinte.notifications import sealing
from astreinte.notifications.models import Notification


def deliveries(*, since: datetime | None) -> Iterator[dict[str, Any]]:
    """Every message to every person, oldest first."""
    rows = Notification.objects.select_related("person").order_by("id")
    for letter in (rows.filter(created_at__gte=since) if since else rows).iterator(chunk_size=CHUNK):
        yield {
            "id": str(letter.key),
            "about": letter.about,
            "kind": letter.kind,
            "person": letter.person.email if letter.person else None,
            "name": letter.name,
            "channel": letter.channel,
            "address": HIDDEN if sealing.is_sealed(letter.address) else letter.address,
            "state": letter.state,
            "attempts": letter.attempt,
            "copies": letter.copies,
            "provider_ref": letter.provider_ref,
            "created_at": instant(letter.created_at),
            "due_at": instant(letter.due_at),
            "accepted_at": instant(letter.accepted_at),
            "delivered_at": instant(letter.delivered_at),
            "error": letter.error,
        }
