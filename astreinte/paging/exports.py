"""Pages as plain dictionaries. Reads only."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from astreinte.core.exports import CHUNK, instant
from astreinte.paging.models import Page


def pages(*, since: datetime | None) -> Iterator[dict[str, Any]]:
    """Every page, oldest first, with the plan it followed."""
    rows = Page.objects.select_related("acknowledged_by").order_by("id")
    for page in (rows.filter(opened_at__gte=since) if since else rows).iterator(chunk_size=CHUNK):
        yield {
            "id": str(page.public_id),
            "story": page.story,
            "state": page.state,
            "title": page.title,
            "facts": page.facts,
            "plan": page.plan,
            "round": page.round,
            "step": page.step,
            "opened_at": instant(page.opened_at),
            "first_sent_at": instant(page.first_sent_at),
            "acknowledged_at": instant(page.acknowledged_at),
            "acknowledged_by": page.acknowledged_by.email if page.acknowledged_by else None,
            "acknowledged_via": page.acknowledged_via,
            "rehearsal": page.rehearsal,
            "eta_at": instant(page.eta_at),
        }
