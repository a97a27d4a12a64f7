"""The verbs of what is asked about names: want it, claim it, write what was found. And those of *Just me?*."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from astreinte.accounts.models import User
from astreinte.core import rows, timeline, wake
from astreinte.core.actors import SYSTEM, Actor
from astreinte.customers.models import Server
from astreinte.monitoring.models import Inquiry, LookUp
from astreinte.monitoring.rules import reaching


def want(server: Server, wanted: Sequence[tuple[str, str]], *, at: datetime) -> None:
    """These look-ups (kind, name) are made at the prober's next turn, but for those whose last answer is still good."""
    rows.insert_new([LookUp(server=server, kind=kind, name=name, found={}) for kind, name in wanted])
    for kind, kept in reaching.KEPT.items():
        named = [name for asked, name in wanted if asked == kind]
        failed = reaching.AFTER_FAILURE.get(kind, kept)
        stale = Q(tried_at=None) | Q(error="", tried_at__lte=at - kept) | ~Q(error="") & Q(tried_at__lte=at - failed)
        asked = LookUp.objects.filter(stale, server=server, kind=kind, name__in=named, wanted_at=None)
        asked.update(wanted_at=at, claimed_at=None)
    wake.prober()


def claim(look_up: LookUp, *, at: datetime) -> bool:
    """Take this look-up; False when another prober has it."""
    mine = {"pk": look_up.pk, "wanted_at": look_up.wanted_at, "claimed_at": look_up.claimed_at}
    return bool(rows.update(LookUp, mine, {"claimed_at": at}))


def found(pk: int, *, found: dict[str, Any], error: str, at: datetime) -> None:
    """What came of it. A failure leaves what was known, with its age."""
    told = {"wanted_at": None, "claimed_at": None, "tried_at": at, "error": error[:20]}
    LookUp.objects.filter(pk=pk).update(**told, **({} if error else {"found": found, "looked_at": at}))


# -- Just me? -------------------------------------------------------------------------------------------------------------


def begin_inquiry(
    server: Server, *, name: str, by: User | None, address: str | None, place: str, at: datetime
) -> Inquiry:
    """Somebody asks."""
    return Inquiry.objects.create(
        server=server, name=name, asked_by=by, address=address, place=place, asked_at=at, found=[]
    )


def end_inquiry(inquiry: Inquiry, *, found: list[dict[str, Any]], verdict: str, at: datetime) -> bool:
    """Freeze what was found; False when it was already."""
    fields = {"ended_at": at, "found": found, "verdict": verdict}
    won = Inquiry.objects.filter(pk=inquiry.pk, ended_at=None).update(**fields)
    inquiry.refresh_from_db()
    return bool(won)


def share(inquiry: Inquiry, *, sha256: str, until: datetime) -> None:
    """Whoever has the token of this digest may read it until then; an earlier token leads nowhere."""
    inquiry.shared_sha256, inquiry.shared_until = sha256, until
    inquiry.save(update_fields=["shared_sha256", "shared_until"])


def unshare(inquiry: Inquiry, *, at: datetime) -> None:
    """The link is over."""
    Inquiry.objects.filter(pk=inquiry.pk, shared_until__gt=at).update(shared_until=at)
    inquiry.refresh_from_db()


def ask_to_lift(inquiry: Inquiry, *, reason: str, by: Actor, at: datetime) -> bool:
    """Once; False when it was asked already."""
    won = rows.update(Inquiry, {"pk": inquiry.pk, "lift_asked_at": None}, {"lift_asked_at": at})
    inquiry.refresh_from_db()
    if won:
        _tell(inquiry, "ban:lift-asked", by=by, at=at, reason=reason)
    return bool(won)


def lifted(inquiry: Inquiry, *, at: datetime) -> None:
    """The provider's system says that the ban is no more."""
    if rows.update(Inquiry, {"pk": inquiry.pk, "lifted_at": None}, {"lifted_at": at}):
        _tell(inquiry, "ban:lifted", by=SYSTEM, at=at)


def _tell(inquiry: Inquiry, kind: str, *, by: Actor, at: datetime, **more: str) -> None:
    said = {"server": inquiry.server.name, "address": inquiry.address, **more}
    timeline.record(inquiry, kind, at=at, by=by, story=inquiry.story, **said)
