"""The only reader of the clock: doors call it once, everything below receives `at`."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(tz=UTC)


def monotonic() -> float:
    """Seconds that never jump: for pauses and durations, never for the database."""
    return time.monotonic()
