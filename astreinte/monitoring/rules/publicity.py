"""What the world is told, and of which component: nobody's server is anybody's news unless a person says so (decision 0019). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from astreinte.monitoring.rules import intervals
from astreinte.monitoring.rules.intervals import DAY, NONE, Interval

# From this share of its servers on a component is out, below it is out in part.
HALF = 2
SEVERAL = 2
# How long the world may read of what is over.
KEPT = timedelta(days=396)
# The bars.
DAYS = 90

Texts = tuple[tuple[str, str], ...]


class Level(StrEnum):
    """How a component is, from the best to the worst."""

    UP = "up"
    MAINTENANCE = "maintenance"
    DEGRADED = "degraded"
    PARTIAL = "partial"
    OUTAGE = "outage"

    @property
    def weight(self) -> int:
        """The greater, the worse."""
        return list(Level).index(self)


@dataclass(frozen=True, kw_only=True)
class Component:
    """What the public knows by a name. `kinds`: it is about checks of these kinds alone; `rest`: and what no kind is known of.

    `shared`: its servers are used by several customers each, so that what fails there is told at once.
    """

    key: str
    names: Texts
    descriptions: Texts = ()
    servers: frozenset[int]
    kinds: frozenset[str] | None = None
    shared: bool = False


@dataclass(frozen=True, kw_only=True, order=True)
class Hit:
    """One server that fails: whose, and what of it (the kind of its check, or nothing)."""

    server: int
    customer: int
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Update:
    """One dated word. Without texts it is told in the product's own words, by its stage."""

    key: str
    stage: str
    at: datetime
    texts: Texts = ()
    next_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """An incident with its parts: what fails together is one."""

    key: int
    public_id: str
    began_at: datetime
    over_at: datetime | None
    hits: tuple[Hit, ...]
    updates: tuple[Update, ...] = ()  # oldest first
    by_person: bool = False  # a person published something about it


@dataclass(frozen=True, kw_only=True)
class Window:
    """A planned maintenance. `was`: the hours that were told before, while they are not past; `changed_at`: the last word about it."""

    key: int
    public_id: str
    start: datetime
    end: datetime
    hits: tuple[Hit, ...]
    planned_at: datetime | None = None
    changed_at: datetime | None = None
    cancelled: bool = False
    was: Interval | None = None

    def is_on(self, *, at: datetime) -> bool:
        """Whether it takes place at this instant."""
        return not self.cancelled and self.start <= at < self.end


Levels = tuple[tuple[str, Level], ...]


@dataclass(frozen=True, kw_only=True)
class Told:
    """A trouble as the world is told of it: the components it may name, and how bad it was there."""

    trouble: Trouble
    levels: Levels

    @property
    def worst(self) -> Level:
        """The worst it did; without a component it is some trouble, no more."""
        return max((level for _key, level in self.levels), key=lambda one: one.weight, default=Level.DEGRADED)

    def level_now(self, key: str) -> Level:
        """How this component is because of it: mended and watched is better than out."""
        level = dict(self.levels).get(key)
        if level is None or self.trouble.over_at:
            return Level.UP
        last = self.trouble.updates[-1].stage if self.trouble.updates else ""
        return Level.DEGRADED if last == "monitoring" else level


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A maintenance as the world is told of it."""

    window: Window
    components: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Board:
    """All that the world is told, whatever the instant: two that are equal say the same."""

    components: tuple[Component, ...]
    troubles: tuple[Told, ...]  # newest first
    windows: tuple[Planned, ...]  # soonest first
    since: datetime | None  # the first day there is anything to know of

    def level(self, key: str, *, at: datetime) -> Level:
        """How a component is."""
        levels = [told.level_now(key) for told in self.troubles]
        if any(key in planned.components and planned.window.is_on(at=at) for planned in self.windows):
            levels.append(Level.MAINTENANCE)
        return max(levels, key=lambda one: one.weight, default=Level.UP)

    def overall(self, *, at: datetime) -> Level:
        """How all of it is: the worst of the components, and of what concerns none."""
        levels = [self.level(one.key, at=at) for one in self.components]
        levels += [told.worst for told in self.troubles if not told.levels and not told.trouble.over_at]
        return max(levels, key=lambda one: one.weight, default=Level.UP)


def told(trouble: Trouble, components: Iterable[Component]) -> Told | None:
    """What is public of a trouble: all of it when a person wrote or several customers are hit, else what shared components feel."""
    feeling = {one.key: (one, _felt(trouble.hits, one)) for one in components}
    feeling = {key: found for key, found in feeling.items() if found[1]}
    if not _is_public(trouble.hits, by_person=trouble.by_person):
        feeling = {key: found for key, found in feeling.items() if found[0].shared}
        if not feeling:
            return None
    levels = tuple((key, _level(servers, component)) for key, (component, servers) in feeling.items())
    return Told(trouble=trouble, levels=levels)


def planned(window: Window, components: Iterable[Component]) -> Planned | None:
    """What is public of a maintenance: of one customer's servers, only what shared components feel."""
    hit = {one.server for one in window.hits}  # a server under maintenance is one for all its services
    felt = [one for one in components if one.servers & hit]
    if not _is_public(window.hits, by_person=False):
        felt = [one for one in felt if one.shared]
    return Planned(window=window, components=tuple(one.key for one in felt)) if felt else None


def _is_public(hits: Iterable[Hit], *, by_person: bool) -> bool:
    return by_person or len({hit.customer for hit in hits}) >= SEVERAL


def _felt(hits: Iterable[Hit], component: Component) -> set[int]:
    """The servers of this component that are hit."""
    kinds = component.kinds
    return {hit.server for hit in hits if hit.server in component.servers and (kinds is None or hit.kind in kinds)}


def _level(servers: set[int], component: Component) -> Level:
    return Level.OUTAGE if len(servers) * HALF >= len(component.servers) else Level.PARTIAL


# -- the past of a component ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PastDay:
    """A day (UTC) of a component: the worst of it, and how long something was wrong. `known`: there was a desk to know it."""

    start: datetime
    level: Level = Level.UP
    lost: timedelta = NONE
    known: bool = True


def past(board: Board, key: str, *, at: datetime) -> tuple[PastDay, ...]:
    """The last ninety days of a component, oldest first, today included."""
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    lasted = list(_lasted(board, key, at=at))
    lost = intervals.by_day(intervals.union(one for one, _level in lasted))
    worst = _worst_by_day(lasted)
    starts = [today - (DAYS - 1 - number) * DAY for number in range(DAYS)]
    return tuple(
        PastDay(
            start=start,
            level=worst.get(start, Level.UP),
            lost=lost.get(start, NONE),
            known=start in worst or (board.since is not None and start + DAY > board.since),
        )
        for start in starts
    )


def _lasted(board: Board, key: str, *, at: datetime) -> Iterable[tuple[Interval, Level]]:
    for one in board.troubles:
        level = dict(one.levels).get(key)
        start = max(one.trouble.began_at, at - DAYS * DAY)
        end = min(one.trouble.over_at or at, at)
        if level and start < end:
            yield Interval(start=start, end=end), level


def _worst_by_day(lasted: Iterable[tuple[Interval, Level]]) -> Mapping[datetime, Level]:
    worst: dict[datetime, Level] = {}
    for interval, level in lasted:
        for start in intervals.by_day([interval]):
            worst[start] = max(worst.get(start, Level.UP), level, key=lambda one: one.weight)
    return worst
