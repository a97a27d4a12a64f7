"""What doors write about who is on call: overrides."""

from datetime import datetime

from django.db import transaction

from astreinte.accounts.models import User
from astreinte.core import configuration, timeline
from astreinte.core.actors import Actor
from astreinte.core.refusals import Refusal
from astreinte.oncall import queries
from astreinte.oncall.models import Override, Rota
from astreinte.oncall.rules import rota as rules


class UselessOverride(Refusal):
    """This replacement would change nothing."""

    slug = "useless-override"
    status = 422

    def __init__(self, why: rules.Useless) -> None:
        self.why = why
        super().__init__()

    @property
    def sentence(self) -> str:
        """The reason, which says more."""
        return self.why.value


def add_override(
    rota: Rota, *, person: User, start: datetime, end: datetime, layer: int | None, by: Actor, at: datetime
) -> Override:
    """Somebody replaces whoever the rota says. Raises UselessOverride, with the reason, when it would change nothing."""
    with transaction.atomic():
        pure, overrides = queries.definition(rota)
        candidate = rules.Override(person=str(person.pk), start=start, end=end, layer=layer)
        useless = rules.useless_override(pure, overrides, candidate)
        if useless:
            raise UselessOverride(useless)
        added = Override.objects.create(rota=rota, user=person, start=start, end=end, layer=layer)
        configuration.changed()
        said = {"person": person.name, "start": start.isoformat(), "end": end.isoformat(), "layer": layer}
        timeline.record(added, "oncall:override", at=at, by=by, story=f"rota/{rota.pk}", **said)
    return added
