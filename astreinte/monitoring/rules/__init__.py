"""When a check is down, when it is up again, and when a return of the same trouble rings nobody. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

# The same trouble within this time is the same incident (reliability, F20).
SAME = timedelta(minutes=30)
# A trouble that comes and goes rings the first time and twice more; then it rings again only once it stays.
RINGS = 3
STAYS = timedelta(minutes=10)


# Trouble of our own: it says nothing about what is watched, and is never held against it.
OURS = frozenset({"forbidden", "failed", "misconfigured", "blind"})


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One result: what a look at a check saw, and when it ended. `error` is empty, or a stable word (`refused`, `timeout`)."""

    check: int
    at: datetime
    up: bool
    saw: str = ""
    took_ms: int = 0
    error: str = ""


class Turn(Enum):
    """What one more result changes."""

    NOTHING = "nothing"
    WENT_DOWN = "went down"
    CAME_BACK = "came back"
    IS_UP = "is up"  # the first word about it


# What fails on one server within this time is one trouble; and so is all that fails once this many failed within that.
ONE_TROUBLE = timedelta(minutes=5)
STORM, STORM_WITHIN = 5, timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What is believed (`unknown`, `up`, `down`), and how many results in a row have said otherwise since."""

    state: str
    against: int = 0


def judge(tally: Tally, *, up: bool, down_after: int, up_after: int) -> tuple[Tally, Turn]:
    """Count one more result. Down needs `down_after` failures in a row, up again `up_after` successes in a row."""
    if up and tally.state == "unknown":
        return Tally(state="up"), Turn.IS_UP
    if tally.state == ("up" if up else "down"):
        return replace(tally, against=0), Turn.NOTHING
    against = tally.against + 1
    if against < (up_after if up else down_after):
        return replace(tally, against=against), Turn.NOTHING
    return (Tally(state="up"), Turn.CAME_BACK) if up else (Tally(state="down"), Turn.WENT_DOWN)


def is_same(*, resolved_at: datetime | None, at: datetime) -> bool:
    """Whether trouble that starts now is the incident that ended then."""
    return resolved_at is not None and at - resolved_at < SAME


def rings(*, times: int, since: datetime, at: datetime) -> bool:
    """Whether the `times`-th start of one incident, at `since`, rings now: the first ones at once, the others once it stays."""
    return times <= RINGS or at - since >= STAYS


def server_state(*, has_incident: bool, is_maintained: bool, checks: Collection[str]) -> str:
    """A server in one word, from the states of its checks: what a planned maintenance explains is not down."""
    if has_incident:
        return "down"
    if is_maintained:
        return "maintenance"
    if "down" in checks:
        return "down"
    return "up" if set(checks) == {"up"} else "unknown"
