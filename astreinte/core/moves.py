"""The one way a state changes: follow an arrow, by one conditional update and one line of history."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import connection, models

from astreinte.core import rows, timeline
from astreinte.core.actors import Actor
from astreinte.core.refusals import Refusal


class CannotMove(Refusal):
    """This has already changed: somebody else was faster, or it is too late for that."""

    slug = "already-changed"


class Machine:
    """Arrows between states: `{state: {the states it may become}}`."""

    def __init__(self, arrows: Mapping[str, set[str]]) -> None:
        self.arrows = {str(state): {str(after) for after in afters} for state, afters in arrows.items()}

    def before(self, to: str) -> list[str]:
        """The states from which `to` may be reached."""
        return sorted(state for state, afters in self.arrows.items() if to in afters)


M = TypeVar("M", bound=models.Model)


def hold(obj: M, *, states: Iterable[str] | None = None) -> M:
    """Read `obj` again, and nobody else moves it until this transaction ends: what is decided now rests on what is there now.

    A conditional update that changes nothing. With `states`, raises CannotMove when it is in none of them any more.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A row is held by a flow: decorate it with all_or_nothing.")
    mine = type(obj)._default_manager.filter(pk=obj.pk)  # noqa: SLF001
    held = (mine if states is None else mine.filter(state__in=list(states))).update(state=models.F("state"))
    obj.refresh_from_db()
    if not held:
        raise CannotMove(now=getattr(obj, "state", ""), wanted="")
    return obj


def move(
    obj: M,
    machine: Machine,
    *,
    to: str,
    kind: str,
    at: Any,
    by: Actor,
    story: str,
    data: Mapping[str, Any] | None = None,
    given: Mapping[str, Any] | None = None,
    **fields: Any,
) -> M:
    """Move `obj` to a state, exactly once among all who try. Raises CannotMove when no arrow leads there any more.

    `given` adds conditions to the update (a worker that wakes up too late has the wrong attempt number and changes nothing).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A move belongs to a flow: decorate it with all_or_nothing.")
    where = {"pk": obj.pk, "state__in": machine.before(to), **(given or {})}
    if not rows.update(type(obj), where, {"state": to, **fields}):
        obj.refresh_from_db()
        raise CannotMove(now=getattr(obj, "state", ""), wanted=to)
    for name, value in {"state": to, **fields}.items():
        setattr(obj, name, value)
    timeline.record(obj, kind, at=at, by=by, story=story, **(data or {}))
    return obj
