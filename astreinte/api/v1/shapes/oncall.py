"""Who is on call, shifts, and overrides."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from astreinte.api.v1.shapes.common import Person, Shape, asked, example, person_out
from astreinte.api.v1.values import Instant, Name
from astreinte.oncall.models import Override
from astreinte.oncall.queries import NamedShift, OnCall

_ALICE = Person.example()
_HOLDING = {"rota": "first", "layer": 0, "person": _ALICE, "until": "2026-10-26T08:00:00Z"}
_SHIFT = {
    "start": "2026-10-19T07:00:00Z",
    "end": "2026-10-26T08:00:00Z",
    "person": _ALICE,
    "rota": "first",
    "layer": 0,
    "because": "rotation",
}


class Holding(Shape):
    """Somebody on call in a layer of a rota, until when if nothing changes."""

    model_config = example(**_HOLDING)
    rota: str
    layer: int
    person: Person
    until: datetime | None


class OnCallOut(Shape):
    """Everybody on call at an instant; a layer that nobody holds is absent."""

    model_config = example(at="2026-10-25T00:30:00Z", rotas=[_HOLDING])
    at: datetime
    rotas: list[Holding]


class ShiftOut(Shape):
    """One person on call in one layer, overrides applied; whole, even where it sticks out of the period asked for."""

    model_config = example(**_SHIFT)
    start: datetime
    end: datetime
    person: Person
    rota: str
    layer: int
    because: Literal["rotation", "override"]


class Shifts(Shape):
    model_config = example(items=[_SHIFT], next=None)
    items: list[ShiftOut]
    next: str | None


class OverrideIn(Shape):
    """Somebody replaces whoever the rota says, from an instant to another (excluded). Without `layer`: in every layer."""

    model_config = asked(
        person="bruno@hebergement.example", **{"from": "2026-10-25T18:00:00Z", "to": "2026-10-26T06:00:00Z"}
    )
    person: Name
    from_: Instant = Field(alias="from")
    to: Instant
    layer: int | None = Field(default=None, ge=0, le=99)


class OverrideOut(Shape):
    """An override that was added."""

    model_config = example(
        rota="first",
        person={"email": "bruno@hebergement.example", "name": "Bruno Petit"},
        layer=None,
        to="2026-10-26T06:00:00Z",
        **{"from": "2026-10-25T18:00:00Z"},
    )
    rota: str
    person: Person
    layer: int | None
    from_: datetime = Field(serialization_alias="from", validation_alias="from")
    to: datetime


def holding_out(holding: OnCall) -> Holding:
    return Holding(rota=holding.rota, layer=holding.layer, person=person_out(holding.person), until=holding.until)


def shift_out(shift: NamedShift) -> ShiftOut:
    return ShiftOut(
        start=shift.start,
        end=shift.end,
        person=person_out(shift.person),
        rota=shift.rota,
        layer=shift.layer,
        because="override" if shift.because == "override" else "rotation",
    )


def override_out(override: Override) -> OverrideOut:
    return OverrideOut.model_validate(
        {
            "rota": override.rota.name,
            "person": person_out(override.user),
            "layer": override.layer,
            "from": override.start,
            "to": override.end,
        }
    )
