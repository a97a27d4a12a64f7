"""Rotas, brought to what the provider file says. Replacements that people entered themselves stay."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from astreinte.accounts.models import User
from astreinte.core.changes import Change, changed, put, removed
from astreinte.oncall.models import Override, Rota, Rotation, RotationPerson
from astreinte.oncall.rules import rota as rules

# A rota as its rules know it, people named by their e-mail address.
Definition = tuple[rules.Rota, Sequence[rules.Override]]


def rotas(wanted: Mapping[str, Definition]) -> list[Change]:
    """These rotas and no other."""
    rows = Rota.objects.prefetch_related("rotations__people__user", "overrides__user").order_by("name")
    known = {rota.name: rota for rota in rows}
    users = {user.email: user for user in User.objects.filter(is_active=True)}
    found: list[Change] = []
    for name, (pure, overrides) in wanted.items():
        before = known.get(name)
        fields = {"time_zone": pure.time_zone}
        rota, changes = put(before, Rota, f"rota {name}", fields=fields, first={"name": name})
        found += [*changes, *_layers(rota, pure.layers, is_new=before is None, users=users)]
        found += _overrides(rota, overrides, is_new=before is None, users=users)
    leaving = [rota for name, rota in known.items() if name not in wanted]
    Rota.objects.filter(pk__in=[rota.pk for rota in leaving]).delete()
    return [*found, *(removed(f"rota {rota.name}") for rota in leaving)]


def _layers(rota: Rota, layers: Sequence[rules.Layer], *, is_new: bool, users: Mapping[str, User]) -> list[Change]:
    known = {} if is_new else {rotation.position: rotation for rotation in rota.rotations.all()}
    found: list[Change] = []
    for position, layer in enumerate(layers):
        what, before = f"rota {rota.name}, layer {position + 1}", known.get(position)
        first = {"rota": rota, "position": position}
        rotation, changes = put(before, Rotation, what, fields=_fields(layer), first=first)
        found += changes
        people = [] if before is None else [place.user.email for place in before.people.all()]
        if people != list(layer.people):
            _set_people(rotation, layer.people, users=users)
            found.append(changed(f"{what}: people", people, layer.people))
    leaving = [rotation for position, rotation in known.items() if position >= len(layers)]
    Rotation.objects.filter(pk__in=[rotation.pk for rotation in leaving]).delete()
    return [*found, *(removed(f"rota {rota.name}, layer {rotation.position + 1}") for rotation in leaving)]


def _fields(layer: rules.Layer) -> dict[str, Any]:
    return {
        "every_count": layer.every.count,
        "every_unit": layer.every.unit.value,
        "handoff_weekday": layer.handoff.weekday,
        "handoff_time": layer.handoff.time,
        "starts_on": _day(layer.from_),
        "ends_on": _day(layer.until),
    }


def _day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _set_people(rotation: Rotation, people: Sequence[str], *, users: Mapping[str, User]) -> None:
    RotationPerson.objects.filter(rotation=rotation).delete()
    RotationPerson.objects.bulk_create(
        RotationPerson(rotation=rotation, position=position, user=users[email]) for position, email in enumerate(people)
    )


def _overrides(
    rota: Rota, wanted: Sequence[rules.Override], *, is_new: bool, users: Mapping[str, User]
) -> list[Change]:
    """Only those of the file: what is new in it comes last, and so wins over what is older."""
    mine = [] if is_new else [one for one in rota.overrides.all() if one.from_file]
    known = {(one.user.email, one.start, one.end, one.layer): one for one in mine}
    asked = {(one.person, one.start, one.end, one.layer): one for one in wanted}
    found: list[Change] = []
    for key, one in asked.items():
        if key not in known:
            Override.objects.create(
                rota=rota, user=users[one.person], start=one.start, end=one.end, layer=one.layer, from_file=True
            )
            found.append(Change(kind="added", what=_replacement(rota, one.person, one.start)))
    for key, gone in known.items():
        if key not in asked:
            gone.delete()
            found.append(removed(_replacement(rota, gone.user.email, gone.start)))
    return found


def _replacement(rota: Rota, email: str, start: datetime) -> str:
    return f"rota {rota.name}, replacement by {email} from {start:%Y-%m-%d %H:%M} UTC"
