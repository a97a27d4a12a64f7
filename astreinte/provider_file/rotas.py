"""Rotas as the file writes them, and as the rules of the on-call room read them."""

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from astreinte.oncall.rules import rota as rules
from astreinte.oncall.rules import zones
from astreinte.provider_file.sections import Section
from astreinte.provider_file.values import Day, Email, HandOver, Moment, Turn, Zone, count


class LayerSection(Section):
    """People who take turns. `until` is excluded; both days start at the hand-over time."""

    people: tuple[Email, ...] = Field(min_length=1)
    every: Turn
    handoff: HandOver
    from_: Day = Field(alias="from")
    until: Day | None = None

    def as_rules(self) -> rules.Layer:
        """The layer the rules compute with."""
        return rules.Layer(self.people, self.every, self.handoff, self.from_, self.until)


class OverrideSection(Section):
    """A replacement, in local time of the rota; without `layer`, in every layer."""

    person: Email
    from_: Moment = Field(alias="from")
    to: Moment
    layer: Annotated[int, count(0, 50)] | None = None

    def as_rules(self, *, zone: ZoneInfo) -> rules.Override:
        """The override the rules compute with, in UTC."""
        start, end = (zones.instant(wall, zone=zone) for wall in (self.from_, self.to))
        return rules.Override(self.person, start, end, self.layer)


class RotaSection(Section):
    """Layers of people on call at the same time; without `time_zone`, in the provider's."""

    time_zone: Zone | None = None
    layers: tuple[LayerSection, ...] = Field(min_length=1)
    overrides: tuple[OverrideSection, ...] = ()

    def as_rules(self, name: str, *, time_zone: str) -> tuple[rules.Rota, tuple[rules.Override, ...]]:
        """The rota and its overrides; `time_zone` is the provider's."""
        rota = rules.Rota(name, self.time_zone or time_zone, tuple(layer.as_rules() for layer in self.layers))
        return rota, tuple(override.as_rules(zone=rota.zone) for override in self.overrides)
