"""Durations as people write them: 0s, 90s, 3m, 1h30m, 26h, 1w."""

import re
from datetime import timedelta

UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)} | {
    "s": timedelta(seconds=1)
}
WHOLE = re.compile(r"(?:[0-9]{1,10}w)?(?:[0-9]{1,10}d)?(?:[0-9]{1,10}h)?(?:[0-9]{1,10}m)?(?:[0-9]{1,10}s)?")
PART = re.compile(r"([0-9]+)([wdhms])")
SECOND = UNITS["s"]
LONGEST = timedelta(days=3660)


def parse(text: str) -> timedelta:
    """Elapsed time, at most ten years; raises ValueError when the text is not a duration."""
    if not text or not WHOLE.fullmatch(text):
        raise ValueError(text)
    parts = [(int(count), UNITS[unit]) for count, unit in PART.findall(text)]
    # Compared as numbers: too many weeks would overflow a timedelta.
    if sum(count * (unit // SECOND) for count, unit in parts) > LONGEST // SECOND:
        raise ValueError(text)
    return sum((count * unit for count, unit in parts), timedelta())


def written(length: timedelta) -> str:
    """The shortest text that `parse` reads as this duration (whole seconds, not negative)."""
    if not length:
        return "0s"
    letter, unit = next((letter, unit) for letter, unit in UNITS.items() if not length % unit)
    return f"{length // unit}{letter}"
