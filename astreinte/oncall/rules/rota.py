"""Rotas: who is on call when, from rotations and overrides; right on both nights the clocks change.

A rota is stored as local wall time in a canonical IANA zone and answered in UTC. Days and weeks are those of the
calendar, hours are elapsed. A hand-over at a time the clocks skip happens at the first instant after it, at a time they
show twice at the first. Periods include their start and exclude their end.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from astreinte.core.refusals import gettext_noop
from astreinte.oncall.rules import zones
from astreinte.oncall.rules.turns import Every, Handoff, Layer, Restriction, Unit, joined, turns, windows
from astreinte.oncall.rules.zones import ZoneRefused

__all__ = [
    "Because",
    "Every",
    "Gap",
    "Handoff",
    "Holding",
    "Layer",
    "Override",
    "Restriction",
    "Rota",
    "Shift",
    "Unit",
    "Useless",
    "ZoneRefused",
    "gaps",
    "holders",
    "shifts",
    "useless_override",
]

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Rota:
    """Layers of people on call at the same time. Raises ZoneRefused unless the zone has its canonical name."""

    name: str
    time_zone: str
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        zones.load(self.time_zone)

    @property
    def zone(self) -> ZoneInfo:
        return zones.load(self.time_zone)


@dataclass(frozen=True)
class Override:
    """Somebody else is on call from `start` to `end` (UTC). Of two overrides, the later in the list wins.

    With `layer`, in that layer, even where nobody was on call. Without, in every layer, as long as the layer lasts.
    With `replaces`, only where that person would have been on call.
    """

    person: str
    start: datetime
    end: datetime
    layer: int | None = None
    replaces: str | None = None


class Because(StrEnum):
    """Why this person is on call."""

    ROTATION = "rotation"
    OVERRIDE = "override"


@dataclass(frozen=True)
class Shift:
    """One person on call in one layer, from `start` to `end` (UTC), overrides applied."""

    start: datetime
    end: datetime
    person: str
    rota: str
    layer: int
    because: Because


@dataclass(frozen=True)
class Holding:
    """Who is on call at one instant in one layer, and until when if nothing changes."""

    person: str
    layer: int
    until: datetime
    because: Because


@dataclass(frozen=True)
class Gap:
    """A period in which no layer of the rota has anybody on call."""

    start: datetime
    end: datetime


class Useless(StrEnum):
    """Why an override would change nothing; each value is the sentence people read."""

    BACKWARDS = gettext_noop("The replacement ends before it starts.")
    NO_SUCH_LAYER = gettext_noop("This rota has no such layer.")
    OUTSIDE = gettext_noop("The rota has nobody to replace in this period; name the layer to fill.")
    NOT_THERE = gettext_noop("The person to replace is not on call in this period.")
    ALREADY = gettext_noop("This person is already on call during the whole period.")


def shifts(rota: Rota, overrides: Sequence[Override], *, start: datetime, end: datetime) -> list[Shift]:
    """The final shifts that touch this period, each whole, in order of start, then of layer."""
    found = [
        shift for layer in range(len(rota.layers)) for shift in _final(rota, layer, overrides, start=start, end=end)
    ]
    return sorted(found, key=lambda shift: (shift.start, shift.layer))


def holders(rota: Rota, overrides: Sequence[Override], *, at: datetime) -> list[Holding]:
    """Who is on call at this instant, in order of layer. A layer nobody holds is absent."""
    return [
        Holding(shift.person, shift.layer, shift.end, shift.because)
        for layer in range(len(rota.layers))
        for shift in _final(rota, layer, overrides, start=at, end=at + INSTANT)
    ]


def gaps(
    rota: Rota,
    overrides: Sequence[Override],
    *,
    start: datetime,
    end: datetime,
    among: Collection[str] | None = None,
) -> list[Gap]:
    """The stretches of this period during which nobody at all, or nobody `among` these people, is on call."""
    held = [s for s in shifts(rota, overrides, start=start, end=end) if among is None or s.person in among]
    covered = joined([(shift.start, shift.end) for shift in held])
    edges = [start, *(edge for period in covered for edge in period), end]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [Gap(begin, stop) for begin, stop in pairs if begin < stop]


def useless_override(rota: Rota, overrides: Sequence[Override], candidate: Override) -> Useless | None:
    """Why this override, added after the others, would change nothing; None when it changes something."""
    if candidate.end <= candidate.start:
        return Useless.BACKWARDS
    if candidate.layer is not None and not 0 <= candidate.layer < len(rota.layers):
        return Useless.NO_SUCH_LAYER
    before = _coverage(rota, overrides, candidate)
    if _coverage(rota, [*overrides, candidate], candidate) != before:
        return None
    if candidate.replaces is not None and candidate.replaces not in {person for _, person in before}:
        return Useless.NOT_THERE
    return Useless.ALREADY if before else Useless.OUTSIDE


def _coverage(
    rota: Rota, overrides: Sequence[Override], candidate: Override
) -> dict[tuple[int, str], list[tuple[datetime, datetime]]]:
    found: dict[tuple[int, str], list[tuple[datetime, datetime]]] = {}
    for shift in shifts(rota, overrides, start=candidate.start, end=candidate.end):
        cut = max(shift.start, candidate.start), min(shift.end, candidate.end)
        found.setdefault((shift.layer, shift.person), []).append(cut)
    return {key: joined(periods) for key, periods in found.items()}


def _final(rota: Rota, layer: int, overrides: Sequence[Override], *, start: datetime, end: datetime) -> list[Shift]:
    mine = _in_layer(rota, layer, overrides)
    touching = [override for override in mine if override.start < end and start < override.end]
    base = _rotation(rota, layer, start=start, end=end)
    # Shifts come out whole: what may cut one of them outside the period asked for counts too.
    low = min([start, *(shift.start for shift in base), *(override.start for override in touching)])
    high = max([end, *(shift.end for shift in base), *(override.end for override in touching)])
    near = [override for override in mine if override.start < high and low < override.end]
    if any(override.replaces for override in near):
        base = _rotation(rota, layer, start=low, end=high)
    for override in near:
        base = _painted(base, override, rota=rota.name, layer=layer)
    return sorted((s for s in base if s.start < end and start < s.end), key=lambda shift: shift.start)


def _in_layer(rota: Rota, layer: int, overrides: Sequence[Override]) -> list[Override]:
    """What the overrides mean in this layer: those that name it, whole; the others while the layer lasts."""
    opens, closes = rota.layers[layer].start(zone=rota.zone), rota.layers[layer].end(zone=rota.zone)
    cut = [override if override.layer is not None else _within(override, opens, closes) for override in overrides]
    return [override for override in cut if override.layer in {None, layer} and override.start < override.end]


def _within(override: Override, opens: datetime, closes: datetime | None) -> Override:
    start, end = max(override.start, opens), override.end if closes is None else min(override.end, closes)
    return override if (start, end) == (override.start, override.end) else replace(override, start=start, end=end)


def _rotation(rota: Rota, layer: int, *, start: datetime, end: datetime) -> list[Shift]:
    zone, rotation = rota.zone, rota.layers[layer]
    return [
        Shift(begin, stop, turn.person, rota.name, layer, Because.ROTATION)
        for turn in turns(rotation, start=start, end=end, zone=zone)
        for begin, stop in windows(rotation, turn, zone=zone)
    ]


def _painted(base: list[Shift], override: Override, *, rota: str, layer: int) -> list[Shift]:
    new = Shift(override.start, override.end, override.person, rota, layer, Because.OVERRIDE)
    if override.replaces is None:
        return [piece for shift in base for piece in _without(shift, override)] + [new]
    painted = []
    for shift in base:
        if shift.person != override.replaces or shift.end <= new.start or new.end <= shift.start:
            painted.append(shift)
            continue
        painted += _without(shift, override)
        painted.append(replace(new, start=max(new.start, shift.start), end=min(new.end, shift.end)))
    return painted


def _without(shift: Shift, override: Override) -> list[Shift]:
    """What is left of a shift outside the override."""
    before = replace(shift, end=min(shift.end, override.start))
    after = replace(shift, start=max(shift.start, override.end))
    return [piece for piece in (before, after) if piece.start < piece.end]
