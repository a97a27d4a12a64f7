"""What the provider's Prometheus measures on the server, as it last said."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from astreinte.monitoring import readings
from astreinte.tickets.facts.base import Complaint

# A reading older than this says nothing of now.
FRESH = timedelta(minutes=15)


def facts(complaint: Complaint) -> Iterator[dict[str, Any]]:
    """Each dated by its own sample: the engine leaves out what is stale."""
    reading = readings.of(complaint.server)
    if reading and reading.read_at and reading.read_at >= complaint.at - FRESH:
        yield from reading.facts
