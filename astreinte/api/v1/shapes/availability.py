"""What was measured of a server over a month, and the outages it comes from."""

import uuid
from datetime import datetime

from astreinte.api.v1.shapes.common import Shape, example
from astreinte.customers.models import Server
from astreinte.monitoring.history import Measured, Outage
from astreinte.monitoring.rules import intervals

_OUTAGE = {
    "start": "2026-10-25T00:12:00Z",
    "end": "2026-10-25T00:31:00Z",
    "check": "5e2d41a4-6c3f-4d0e-9a55-7a2f3f1f6d15",
}
_MEASURED = {
    "server": "web1.boulangerie.example",
    "month": "2026-10",
    "availability": "99.9574",
    "downtime_s": 1140,
    "intervals": [_OUTAGE],
    "target": "99.9",
}


class OutageOut(Shape):
    """A check that was down, planned maintenance left out; one that still is ends at the instant of the answer."""

    model_config = example(**_OUTAGE)
    start: datetime
    end: datetime
    check: uuid.UUID


class AvailabilityOut(Shape):
    """`availability` is `(T - D) / T` in percent, rounded down: T the whole month in the provider's zone, D the union of `intervals`."""

    model_config = example(**_MEASURED)
    server: str
    month: str
    availability: str
    downtime_s: int
    intervals: list[OutageOut]
    target: str


def _outage_out(outage: Outage) -> OutageOut:
    return OutageOut(start=outage.interval.start, end=outage.interval.end, check=outage.check.public_id)


def availability_out(server: Server, *, month: str, measured: Measured) -> AvailabilityOut:
    """A server's month."""
    return AvailabilityOut(
        server=server.name,
        month=month,
        availability=intervals.written(measured.percent),
        downtime_s=intervals.seconds(measured.down),
        intervals=[_outage_out(one) for one in measured.outages],
        target=server.plan.availability,
    )
