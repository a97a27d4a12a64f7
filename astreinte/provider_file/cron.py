"""The five fields of a cron expression: minute, hour, day of the month, month, weekday."""

import re

BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
PART = re.compile(r"(?:\*|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([1-9][0-9]?))?")


def fields(text: str) -> tuple[frozenset[int], ...]:
    """The values each field allows (POSIX crontab, and steps); raises ValueError when it is not an expression."""
    parts = text.split()
    if len(parts) != len(BOUNDS):
        raise ValueError(text)
    return tuple(_field(part, *bounds) for part, bounds in zip(parts, BOUNDS, strict=True))


def _field(text: str, least: int, most: int) -> frozenset[int]:
    return frozenset(value for part in text.split(",") for value in _part(part, least, most))


def _part(text: str, least: int, most: int) -> range:
    found = PART.fullmatch(text)
    if not found:
        raise ValueError(text)
    first, last, step = found.groups()
    low = int(first or least)
    # `5/10` means from 5 on, every ten.
    high = int(last) if last else low if first and not step else most
    if not least <= low <= high <= most:
        raise ValueError(text)
    return range(low, high + 1, int(step or 1))
