"""Who is on call: rows turned into the pure rota, which answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import User
from astreinte.core.configuration import remembered
from astreinte.oncall.models import Rota
from astreinte.oncall.rules import rota as rules


@dataclass(frozen=True, kw_only=True)
class OnCall:
    """Somebody on call, in which layer of which rota, until when."""

    rota: str
    layer: int
    person: User
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class NamedShift:
    """A shift of a rota, with its person."""

    rota: str
    layer: int
    person: User
    start: datetime
    end: datetime
    because: str


Definition = tuple[rules.Rota, list[rules.Override]]


def definition(rota: Rota) -> Definition:
    """The pure rota and its overrides, people named by their key."""
    layers = tuple(
        rules.Layer(
            people=tuple(str(person.user_id) for person in rotation.people.all()),
            every=rules.Every(rotation.every_count, rules.Unit(rotation.every_unit)),
            handoff=rules.Handoff(rotation.handoff_time, rotation.handoff_weekday),
            from_=rotation.starts_on,
            until=rotation.ends_on,
        )
        for rotation in rota.rotations.all()
    )
    overrides = [
        rules.Override(person=str(one.user_id), start=one.start, end=one.end, layer=one.layer)
        for one in sorted(rota.overrides.all(), key=lambda one: one.pk)  # of two, the later wins
    ]
    return rules.Rota(name=rota.name, time_zone=rota.time_zone, layers=layers), overrides


def on_call(name: str, *, at: datetime) -> list[OnCall]:
    """Who is on call in this rota at this instant, first layer first. People who left are not."""
    return _holders([one for one in definitions() if one[0].name == name], at=at)


def everywhere(*, at: datetime) -> list[OnCall]:
    """Who is on call in every rota at this instant."""
    return _holders(definitions(), at=at)


def by_name(name: str) -> Rota | None:
    """The rota of this name."""
    return Rota.objects.prefetch_related("rotations__people", "overrides").filter(name=name).first()


def shifts(rota: Rota, *, start: datetime, end: datetime) -> list[NamedShift]:
    """The shifts that touch this period, each whole, overrides applied; of people who left too: that is a hole to see."""
    pure, overrides = definition(rota)
    found = rules.shifts(pure, overrides, start=start, end=end)
    people = {str(user.pk): user for user in User.objects.filter(pk__in={shift.person for shift in found})}
    return [
        NamedShift(
            rota=shift.rota,
            layer=shift.layer,
            person=people[shift.person],
            start=shift.start,
            end=shift.end,
            because=shift.because,
        )
        for shift in found
    ]


@remembered
def definitions() -> list[Definition]:
    """Every rota, pure, by name."""
    return [
        definition(rota) for rota in Rota.objects.prefetch_related("rotations__people", "overrides").order_by("name")
    ]


def _holders(rotas: Sequence[Definition], *, at: datetime) -> list[OnCall]:
    found = [(rota.name, one) for rota, overrides in rotas for one in rules.holders(rota, overrides, at=at)]
    people = accounts.active(frozenset(int(holding.person) for _, holding in found))
    return [
        OnCall(rota=name, layer=holding.layer, person=people[int(holding.person)], until=holding.until)
        for name, holding in found
        if int(holding.person) in people
    ]


def gap(*, start: datetime, end: datetime) -> timedelta:
    """For how long, in this period, some rota has nobody: the sum over the rotas."""
    found = timedelta()
    for pure, overrides in definitions():
        holes = rules.gaps(pure, overrides, start=start, end=end)
        found = sum((hole.end - hole.start for hole in holes), start=found)
    return found
