"""Whether somebody is on call all the time, and who takes turns. Reads only."""

from datetime import datetime

from astreinte.accounts.models import User
from astreinte.oncall import queries
from astreinte.oncall.models import Rota, RotationPerson
from astreinte.oncall.rules import rota as rules


def gaps(*, at: datetime, until: datetime) -> dict[str, list[rules.Gap]]:
    """For each rota, the stretches of this period without anybody on call who may still sign in."""
    active = {str(key) for key in User.objects.filter(is_active=True).values_list("pk", flat=True)}
    found = {}
    for rota in Rota.objects.prefetch_related("rotations__people", "overrides").order_by("name"):
        pure, overrides = queries.definition(rota)
        found[rota.name] = rules.gaps(pure, overrides, start=at, end=until, among=active)
    return found


def people_of(name: str) -> list[User]:
    """The active people who take turns in this rota."""
    mine = RotationPerson.objects.filter(rotation__rota__name=name).values("user")
    return list(User.objects.filter(is_active=True, pk__in=mine).order_by("pk"))


def names() -> list[str]:
    """Every rota."""
    return list(Rota.objects.order_by("name").values_list("name", flat=True))
