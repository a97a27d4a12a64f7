"""What looks add up to, by five minutes, by hour and by day (UTC). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from astreinte.monitoring.rules import OURS, Seen

MOMENT, HOUR, DAY = 300, 3600, 86400
SPANS = (MOMENT, HOUR, DAY)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# (the check, the length in seconds, where it begins)
Key: TypeAlias = tuple[int, int, datetime]


@dataclass(kw_only=True)
class Sum:
    """Some looks: how many, how many failed, and how long those took that did not."""

    looks: int = 0
    failures: int = 0
    ms_total: int = 0
    ms_max: int = 0

    def add(self, seen: Seen) -> None:
        """One look more."""
        self.looks += 1
        if not seen.up:
            self.failures += 1
            return
        self.ms_total += seen.took_ms
        self.ms_max = max(self.ms_max, seen.took_ms)


def begins(at: datetime, *, span_s: int) -> datetime:
    """Where the span that holds this instant begins."""
    span = timedelta(seconds=span_s)
    return EPOCH + (at - EPOCH) // span * span


def added(found: Iterable[Seen]) -> dict[Key, Sum]:
    """These looks, each in its three spans; trouble of our own says nothing of what is watched."""
    sums: dict[Key, Sum] = {}
    for seen in found:
        if seen.error not in OURS:
            for span_s in SPANS:
                sums.setdefault((seen.check, span_s, begins(seen.at, span_s=span_s)), Sum()).add(seen)
    return sums
