"""The verbs of planned maintenance: plan, change, cancel, end early; each is told of, once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from astreinte.core import moves, timeline
from astreinte.core.actors import SYSTEM, Actor
from astreinte.core.moves import move
from astreinte.customers.models import Server
from astreinte.monitoring.models import Maintenance
from astreinte.monitoring.rules.windows import Wish
from astreinte.monitoring.states import MAINTENANCE, MaintenanceState


def hold_maintenance(maintenance: Maintenance) -> Maintenance:
    """As it is now; nobody else changes it before this transaction ends. Raises CannotMove when it was cancelled."""
    return moves.hold(maintenance, states=[MaintenanceState.PLANNED])


def plan(
    wish: Wish, *, servers: Iterable[Server], key: UUID, from_file: bool, reminded: bool, by: Actor, at: datetime
) -> Maintenance:
    """A new one. `reminded`: it begins too soon to be told of a day before."""
    made = Maintenance.objects.create(
        public_id=key,
        title=wish.title,
        start=wish.start,
        end=wish.end,
        from_file=from_file,
        planned_at=at,
        reminded_at=at if reminded else None,
    )
    made.servers.set(servers)
    timeline.record(made, "maintenance:planned", at=at, by=by, story=made.story, **_said(wish))
    return made


def change(
    maintenance: Maintenance,
    wish: Wish,
    *,
    servers: Iterable[Server],
    reminded: bool,
    by: Actor,
    at: datetime,
) -> Maintenance:
    """The same, otherwise: those who were told are told again."""
    fields: dict[str, Any] = {
        "title": wish.title,
        "start": wish.start,
        "end": wish.end,
        "revision": maintenance.revision + 1,
        "reminded_at": at if reminded else None,
    }
    for name, value in fields.items():
        setattr(maintenance, name, value)
    maintenance.save(update_fields=list(fields))
    maintenance.servers.set(servers)
    timeline.record(maintenance, "maintenance:changed", at=at, by=by, story=maintenance.story, **_said(wish))
    return maintenance


def _said(wish: Wish) -> dict[str, Any]:
    return {
        "title": wish.title,
        "start": wish.start.isoformat(),
        "end": wish.end.isoformat(),
        "servers": sorted(wish.servers),
    }


def cancel(maintenance: Maintenance, *, reason: str, by: Actor, at: datetime) -> Maintenance:
    """It does not take place. Whoever cancels wins over the file: the same line there does not bring it back."""
    return move(
        maintenance,
        MAINTENANCE,
        to=MaintenanceState.CANCELLED,
        kind="maintenance:cancelled",
        at=at,
        by=by,
        story=maintenance.story,
        data={"reason": reason},
        reason=reason,
    )


def end_now(maintenance: Maintenance, *, reason: str, by: Actor, at: datetime) -> Maintenance:
    """It is over before its hour. What was planned until now stays planned: that was told, and explains what was down."""
    maintenance.end, maintenance.reason = at, reason
    maintenance.save(update_fields=["end", "reason"])
    timeline.record(maintenance, "maintenance:ended", at=at, by=by, story=maintenance.story, reason=reason)
    return maintenance


def leaves_the_file(maintenance: Maintenance) -> None:
    """The file does not know it any more; one that comes back there is another one."""
    Maintenance.everything.filter(pk=maintenance.pk).update(from_file=False)


def the_day_before(maintenance: Maintenance, *, at: datetime) -> bool:
    """It begins within a day: that is told once. False when another keeper was faster."""
    waiting = Maintenance.objects.filter(pk=maintenance.pk, reminded_at=None)
    if not waiting.update(reminded_at=at):
        return False
    timeline.record(maintenance, "maintenance:reminded", at=at, by=SYSTEM, story=maintenance.story)
    return True
