"""The two clocks of an urgent ticket: GTI (time to intervene) and GTR (time to restore). Pure functions of what happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A commitment running: since when, until when, and when it was stopped."""

    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None

    def elapsed(self, *, at: datetime) -> timedelta:
        """How long it ran, or runs."""
        return max(timedelta(0), (self.stopped_at or at) - self.started_at)

    def left(self, *, at: datetime) -> timedelta:
        """What is left; negative once broken."""
        return self.due_at - (self.stopped_at or at)

    def is_kept(self, *, at: datetime) -> bool:
        """Kept so far, or kept for good once stopped. The limit itself is kept (guarantee.md, SLA-19)."""
        return (self.stopped_at or at) <= self.due_at

    def share(self, *, at: datetime) -> float:
        """The part of the allowed time that is used: 1.0 at the limit."""
        return self.elapsed(at=at) / (self.due_at - self.started_at)


def response(*, started_at: datetime, target: timedelta, acknowledged_at: datetime | None) -> Clock:
    """GTI: stops at the first action of a person; an automatic answer is none."""
    return Clock(started_at=started_at, due_at=started_at + target, stopped_at=acknowledged_at)


def restoration(*, started_at: datetime, target: timedelta, restored_at: datetime | None) -> Clock:
    """GTR: stops when the service is restored."""
    return Clock(started_at=started_at, due_at=started_at + target, stopped_at=restored_at)
