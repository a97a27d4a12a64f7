"""The window of a maintenance: from what people write on their clocks to two instants, and what a window may not be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from astreinte.core.refusals import Refusal
from astreinte.oncall.rules import zones

# What fails meanwhile rings nobody: a wrong year must not silence a server.
LONGEST = timedelta(days=14)
# "Now", typed to the minute and sent a moment later.
A_MOMENT = timedelta(minutes=5)
# Those concerned are told once more, this long before it begins.
NOTICE = timedelta(hours=24)


class Backwards(Refusal):
    """The end is not after the start on the clocks of that day: write a later end."""

    slug = "ends-before-it-starts"
    status = 422


class TooLong(Refusal):
    """A maintenance lasts at most %(days)s days, because what fails meanwhile rings nobody: write an earlier end."""

    slug = "too-long"
    status = 422


class InThePast(Refusal):
    """A maintenance is planned ahead: write a start from now on."""

    slug = "in-the-past"
    status = 422


class AlreadyBegan(Refusal):
    """It has begun: its start cannot be changed any more, its end can."""

    slug = "already-began"
    status = 422


class EndsInThePast(Refusal):
    """This end has already passed: to end it now, cancel it with the reason."""

    slug = "in-the-past"
    status = 422


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be done, on which servers (their names), from when until when (UTC; the end is excluded)."""

    title: str
    servers: frozenset[str]
    start: datetime
    end: datetime


def instants(start: datetime, end: datetime, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The UTC instants of two times on the clocks of this zone (naive).

    On the night when an hour comes twice, the start is its first time, and the end the first time that comes after the start.
    """
    begins, ends = zones.instant(start, zone=zone), zones.instant(end, zone=zone)
    again = end.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if ends <= begins < again and zones.wall_at(again, zone=zone) == end:
        return begins, again
    return begins, ends


def wrong_length(start: datetime, end: datetime) -> Refusal | None:
    """Why nothing can last from one to the other."""
    if end <= start:
        return Backwards()
    return TooLong(days=LONGEST.days) if end - start > LONGEST else None


def why_not(wish: Wish, *, at: datetime, began_at: datetime | None = None) -> Refusal | None:
    """What stands against this window; `began_at` is the start of one that is already in progress."""
    refused = wrong_length(wish.start, wish.end)
    if refused:
        return refused
    if began_at is not None:
        return AlreadyBegan() if wish.start != began_at else EndsInThePast() if wish.end <= at else None
    return InThePast() if wish.start < at - A_MOMENT or wish.end <= at else None


def is_soon(start: datetime, *, at: datetime) -> bool:
    """Whether telling of it now is the notice of the day before as well."""
    return start - at <= NOTICE


@dataclass(frozen=True, kw_only=True)
class Known:
    """A maintenance that the provider file made: its key, its title and start; `moves` while it can still take place at another hour."""

    key: int
    title: str
    start: datetime
    moves: bool


def pairs(wanted: Collection[Wish], known: Collection[Known]) -> dict[int, Wish]:
    """Which known maintenance each line of the file is, by its key: of one title and start; else, in order, of one title.

    A line that is the same work at another date, once the work is done, is another maintenance.
    """
    exact = {(one.title, one.start): one.key for one in known}
    found = {exact[wish.title, wish.start]: wish for wish in wanted if (wish.title, wish.start) in exact}
    free = sorted((one for one in known if one.moves and one.key not in found), key=lambda one: one.start)
    for wish in sorted(wanted, key=lambda one: one.start):
        moved = next((one for one in free if one.title == wish.title), None)
        if moved and (wish.title, wish.start) not in exact:
            found[moved.key] = wish
            free.remove(moved)
    return found
