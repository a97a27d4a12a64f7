"""Stretches of time, and what availability follows from them: exact, in integers and fractions. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from fractions import Fraction

NONE, SECOND, TICK = timedelta(0), timedelta(seconds=1), timedelta(microseconds=1)
DAY = timedelta(1)
DECEMBER = 12


@dataclass(frozen=True, kw_only=True, order=True)
class Interval:
    """From an instant (included) to another (excluded)."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start


def clipped(intervals: Iterable[Interval], *, start: datetime, end: datetime) -> list[Interval]:
    """What of these lies within a period."""
    cut = (Interval(start=max(one.start, start), end=min(one.end, end)) for one in intervals)
    return [one for one in cut if one.start < one.end]


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time told once: in order, apart from each other."""
    found: list[Interval] = []
    for one in sorted(one for one in intervals if one.start < one.end):
        if found and one.start <= found[-1].end:
            found[-1] = Interval(start=found[-1].start, end=max(found[-1].end, one.end))
        else:
            found.append(one)
    return found


def without(intervals: Iterable[Interval], excluded: Iterable[Interval]) -> list[Interval]:
    """What is left of these once the excluded time is taken away."""
    left = union(intervals)
    for gone in union(excluded):
        left = [part for one in left for part in _cut(one, gone)]
    return left


def _cut(one: Interval, gone: Interval) -> list[Interval]:
    before = Interval(start=one.start, end=min(one.end, gone.start))
    after = Interval(start=max(one.start, gone.end), end=one.end)
    return [part for part in (before, after) if part.start < part.end]


def total(intervals: Iterable[Interval]) -> timedelta:
    """How long they last together, the same time counted once."""
    return sum((one.length for one in union(intervals)), NONE)


def by_day(intervals: Iterable[Interval]) -> dict[datetime, timedelta]:
    """How much of each day (UTC, by its midnight) is in these intervals, which are apart from each other."""
    found: dict[datetime, timedelta] = defaultdict(timedelta)
    for one in intervals:
        start = one.start
        while start < one.end:
            midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
            end = min(one.end, midnight + DAY)
            found[midnight] += end - start
            start = end
    return found


def between(intervals: Iterable[Interval], *, start: datetime, end: datetime) -> list[Interval]:
    """What of a period lies in none of these."""
    return without([Interval(start=start, end=end)], intervals)


def availability(*, period: Interval, down: Iterable[Interval], shortest: timedelta = NONE) -> Fraction:
    """`(T - D) / T` in percent: T the real time of the period, D the union of what is down in it, from the shortest that counts.

    What is excluded was taken away before: the length that is left of an outage is the one that counts.
    """
    parts = [one for one in union(clipped(down, start=period.start, end=period.end)) if one.length >= shortest]
    return 100 * (1 - Fraction(total(parts) // TICK, period.length // TICK))


def month(name: str, *, zone: tzinfo) -> Interval:
    """A month such as "2026-10", from midnight to midnight in a zone: as long as it really is when clocks change."""
    year, number = (int(part) for part in name.split("-"))
    after = (year + 1, 1) if number == DECEMBER else (year, number + 1)
    first, last = (datetime(*one, 1, tzinfo=zone).astimezone(UTC) for one in ((year, number), after))
    return Interval(start=first, end=last)


def seconds(length: timedelta) -> int:
    """A length in whole seconds; what has begun counts."""
    return -(-length // SECOND)


def written(percent: Fraction, *, places: int = 4) -> str:
    """A percentage as a decimal, rounded down: 99.89999 is never shown as 99.9000."""
    scale = 10**places
    whole, rest = divmod(percent.numerator * scale // percent.denominator, scale)
    return f"{whole}.{rest:0{places}d}"


def outages(
    turns: Sequence[tuple[datetime, bool]], *, began_down: bool, start: datetime, end: datetime
) -> list[Interval]:
    """When it was down between two instants, from its changes of state in order: (when, whether it went down)."""
    found: list[Interval] = []
    since = start if began_down else None
    for at, down in turns:
        if down and since is None:
            since = at
        elif not down and since is not None:
            found.append(Interval(start=since, end=at))
            since = None
    return clipped([*found, *([Interval(start=since, end=end)] if since else [])], start=start, end=end)
