"""Turns of one layer of a rota: from local wall time to instants, by arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

from astreinte.oncall.rules import zones

DAY = timedelta(days=1)
WEEK = 7


class Unit(StrEnum):
    """Hours are elapsed time; days and weeks are those of the calendar, whatever their length in hours."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"


LENGTHS = {Unit.HOURS: timedelta(hours=1), Unit.DAYS: DAY, Unit.WEEKS: WEEK * DAY}


@dataclass(frozen=True)
class Every:
    """How long a turn is: 12 hours (elapsed), 1 day or 2 weeks (calendar)."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("A turn lasts at least one hour, day or week.")

    @property
    def length(self) -> timedelta:
        """On the wall clock for days and weeks, elapsed for hours."""
        return self.count * LENGTHS[self.unit]


@dataclass(frozen=True)
class Handoff:
    """When one person hands over to the next: a local time and, for weeks, a weekday (0 is Monday)."""

    time: time
    weekday: int | None = None


@dataclass(frozen=True)
class Restriction:
    """A window in which the layer is on call: from `start` to `end` local time on these weekdays (0 is Monday).

    An end that is not after the start belongs to the next day; the weekday is that of the start.
    """

    weekdays: frozenset[int]
    start: time
    end: time

    def on(self, day: date, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The window that starts on this day, as two instants."""
        last = day if self.end > self.start else day + DAY
        start = zones.instant(datetime.combine(day, self.start), zone=zone)
        return start, zones.instant(datetime.combine(last, self.end), zone=zone)


@dataclass(frozen=True)
class Layer:
    """People who take turns, in order, from `from_` to `until` (excluded), both on the local clock.

    A date means the hand-over time of that day. When `from_` falls inside a turn, the first person has the rest of it.
    """

    people: tuple[str, ...]
    every: Every
    handoff: Handoff
    from_: date | datetime
    until: date | datetime | None = None
    restrictions: tuple[Restriction, ...] = ()

    def __post_init__(self) -> None:
        if not self.people:
            raise ValueError("A layer needs at least one person.")
        if self.handoff.weekday is not None and self.every.unit is not Unit.WEEKS:
            raise ValueError("A hand-over on a weekday needs a rotation in weeks.")

    @property
    def origin(self) -> datetime:
        """The last hand-over at or before the start, on the wall clock: turn 0 begins here."""
        start = self.wall(self.from_)
        first = datetime.combine(start.date(), self.handoff.time)
        if self.handoff.weekday is not None:
            first -= (first.weekday() - self.handoff.weekday) % WEEK * DAY
        period = WEEK * DAY if self.handoff.weekday is not None else DAY
        return first if first <= start else first - period

    def wall(self, value: date | datetime) -> datetime:
        """A date is completed by the hand-over time."""
        return value if isinstance(value, datetime) else datetime.combine(value, self.handoff.time)

    def start(self, *, zone: ZoneInfo) -> datetime:
        return zones.instant(self.wall(self.from_), zone=zone)

    def end(self, *, zone: ZoneInfo) -> datetime | None:
        return None if self.until is None else zones.instant(self.wall(self.until), zone=zone)


@dataclass(frozen=True)
class Turn:
    """One person's turn, in UTC, the restrictions of the layer left aside."""

    person: str
    start: datetime
    end: datetime


def handover(layer: Layer, number: int, *, zone: ZoneInfo) -> datetime:
    """The instant at which turn `number` begins."""
    if layer.every.unit is Unit.HOURS:
        return zones.instant(layer.origin, zone=zone) + number * layer.every.length
    return zones.instant(layer.origin + number * layer.every.length, zone=zone)


def number_at(layer: Layer, *, at: datetime, zone: ZoneInfo) -> int:
    """The number of the turn that runs at this instant, counted from the origin; negative before it."""
    if layer.every.unit is Unit.HOURS:
        return (at - zones.instant(layer.origin, zone=zone)) // layer.every.length
    guess = (zones.wall_at(at, zone=zone) - layer.origin) // layer.every.length
    # The wall clock is off by one turn at most: in a skipped or repeated stretch, or when Apia had no 30 December.
    while handover(layer, guess, zone=zone) > at:
        guess -= 1
    while handover(layer, guess + 1, zone=zone) <= at:
        guess += 1
    return guess


def turns(layer: Layer, *, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Turn]:
    """The turns that touch this period, whole, cut only by the first and last instants of the layer."""
    opens, closes = layer.start(zone=zone), layer.end(zone=zone)
    begin = max(start, opens)
    for number in count(number_at(layer, at=begin, zone=zone)):
        first, last = handover(layer, number, zone=zone), handover(layer, number + 1, zone=zone)
        first, last = max(first, opens), last if closes is None else min(last, closes)
        if first >= end or (closes is not None and first >= closes):
            return
        if first < last:  # a turn that falls whole into a skipped day has no instant
            yield Turn(layer.people[number % len(layer.people)], first, last)


def windows(layer: Layer, turn: Turn, *, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The parts of a turn in which the layer is on call: all of it without restrictions."""
    if not layer.restrictions:
        return [(turn.start, turn.end)]
    first, last = (zones.wall_at(at, zone=zone).date() for at in (turn.start, turn.end))
    days = [first + number * DAY for number in range(-1, (last - first).days + 1)]
    found = [
        window.on(day, zone=zone) for window in layer.restrictions for day in days if day.weekday() in window.weekdays
    ]
    cut = [(max(start, turn.start), min(end, turn.end)) for start, end in found]
    return joined([(start, end) for start, end in cut if start < end])


def joined(periods: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same instants, in order, where periods that touch or overlap have become one."""
    whole: list[tuple[datetime, datetime]] = []
    for start, end in sorted(periods):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((start, end))
    return whole
