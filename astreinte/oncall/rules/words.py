"""How a rotation is written by people: `every: 1w`, `handoff: mon 09:00`, and back."""

import re
from datetime import time

from astreinte.oncall.rules.turns import Every, Handoff, Unit

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"h": Unit.HOURS, "d": Unit.DAYS, "w": Unit.WEEKS}
LETTERS = {unit: letter for letter, unit in UNITS.items()}
EVERY = re.compile(r"([1-9][0-9]{0,3})([hdw])")
HANDOFF = re.compile(rf"(?:({'|'.join(DAYS)})[a-z]* +)?([01]?[0-9]|2[0-3]):([0-5][0-9])")


def every(text: str) -> Every:
    """`12h`, `1d` or `2w`; raises ValueError otherwise. `24h` is elapsed time, `1d` a day of the calendar."""
    found = EVERY.fullmatch(text)
    if not found:
        raise ValueError(text)
    return Every(int(found[1]), UNITS[found[2]])


def every_text(value: Every) -> str:
    return f"{value.count}{LETTERS[value.unit]}"


def handoff(text: str) -> Handoff:
    """`mon 09:00` or `09:00`, local time; raises ValueError otherwise."""
    found = HANDOFF.fullmatch(text.lower())
    if not found:
        raise ValueError(text)
    return Handoff(time(int(found[2]), int(found[3])), DAYS.index(found[1]) if found[1] else None)


def handoff_text(value: Handoff) -> str:
    day = "" if value.weekday is None else f"{DAYS[value.weekday]} "
    return f"{day}{value.time:%H:%M}"
