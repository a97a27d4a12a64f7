"""The weeks to come of every rota, in the rota's own days: who holds what, and where nobody does."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from astreinte.accounts.models import User
from astreinte.oncall import queries
from astreinte.oncall.models import Override, Rota
from astreinte.oncall.rules import rota as rules


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A shift, or a gap when there is no person; `layer` counts from 1."""

    person: str
    layer: int
    start: datetime
    end: datetime
    replaced: bool = False


@dataclass(frozen=True, kw_only=True)
class Week:
    """Seven days from a Monday, as the rota's calendar has them."""

    monday: date
    turns: tuple[Turn, ...]


@dataclass(frozen=True, kw_only=True)
class Planning:
    """A rota: the weeks, its gaps, its replacements to come."""

    rota: Rota
    zone: ZoneInfo
    layers: int
    weeks: tuple[Week, ...]
    gaps: tuple[rules.Gap, ...]
    overrides: tuple[Override, ...]


def plannings(*, at: datetime, weeks: int) -> list[Planning]:
    """Every rota from this week's Monday on."""
    rotas = Rota.objects.prefetch_related("rotations__people", "overrides__user").order_by("name")
    return [_planning(rota, at=at, weeks=weeks) for rota in rotas]


def _planning(rota: Rota, *, at: datetime, weeks: int) -> Planning:
    pure, overrides = queries.definition(rota)
    today = at.astimezone(pure.zone).date()
    monday = today - timedelta(days=today.weekday())
    mondays = [monday + timedelta(weeks=n) for n in range(weeks + 1)]
    edges = [_midnight(day, pure.zone) for day in mondays]
    shifts = rules.shifts(pure, overrides, start=edges[0], end=edges[-1])
    gaps = rules.gaps(pure, overrides, start=at, end=edges[-1], among=_active())
    turns = _named(shifts) + [Turn(person="", layer=0, start=gap.start, end=gap.end) for gap in gaps]
    return Planning(
        rota=rota,
        zone=pure.zone,
        layers=len(pure.layers),
        weeks=tuple(_week(turns, day, edges[n], edges[n + 1]) for n, day in enumerate(mondays[:-1])),
        gaps=tuple(gaps),
        overrides=tuple(sorted((one for one in rota.overrides.all() if one.end > at), key=lambda one: one.start)),
    )


def _active() -> set[str]:
    """Somebody who left answers no call: their shift is a gap."""
    return {str(key) for key in User.objects.filter(is_active=True).values_list("pk", flat=True)}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _named(shifts: list[rules.Shift]) -> list[Turn]:
    people = {str(one.pk): one.name for one in User.objects.filter(pk__in={shift.person for shift in shifts})}
    return [
        Turn(
            person=people.get(shift.person, ""),
            layer=shift.layer + 1,
            start=shift.start,
            end=shift.end,
            replaced=shift.because == rules.Because.OVERRIDE,
        )
        for shift in shifts
    ]


def _week(turns: list[Turn], monday: date, start: datetime, end: datetime) -> Week:
    touching = [turn for turn in turns if turn.start < end and start < turn.end]
    return Week(monday=monday, turns=tuple(sorted(touching, key=lambda turn: (turn.start, turn.layer))))


def next_of(planning: Planning, *, at: datetime) -> list[Turn]:
    """Who comes next in each layer, once the present shift is over."""
    found: dict[int, Turn] = {}
    for week in planning.weeks:
        for turn in week.turns:
            if turn.person and turn.start > at:
                found.setdefault(turn.layer, turn)
    return list(found.values())
