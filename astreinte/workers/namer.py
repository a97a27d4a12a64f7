"""Asks DNS, registries and sites about names, for the prober: it takes what somebody waits for, asks, and writes what was found."""

import queue
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from astreinte.core import clock
from astreinte.workers import life

if TYPE_CHECKING:
    from astreinte.monitoring.lookups import Asking
    from astreinte.monitoring.models import LookUp

log = structlog.get_logger()
# Asked together, by one prober.
TOGETHER = 20
Told = tuple[int, dict[str, Any], str]


class Namer:
    """The look-ups of one prober; `start` runs a coroutine in its loop, `ring` wakes it."""

    def __init__(
        self, start: Callable[[Coroutine[Any, Any, None]], None], ring: Callable[[], None], *, allow_private: bool
    ) -> None:
        self._start, self._ring, self._allow_private = start, ring, allow_private
        self._found: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self._under_way = 0

    def turn(self, *, asks: bool) -> None:
        """Write what was found; with `asks`, and when that makes room, ask what somebody waits for."""
        was_busy = self._under_way
        life.guarded("look-ups found", self._written)
        if (asks or self._under_way < was_busy) and self._under_way < TOGETHER:
            life.guarded("look-ups", self._hand_out, at=clock.now())

    def _written(self) -> None:
        told: list[Told] = []
        while not self._found.empty():
            told.append(self._found.get_nowait())
            self._under_way -= 1
        if told:
            from astreinte.flows import look_up

            look_up.found(told, at=clock.now())

    def _hand_out(self, *, at: datetime) -> None:
        from astreinte.flows import look_up
        from astreinte.monitoring import registered

        settings = registered.settings()
        for one in look_up.claimed(at=at, limit=TOGETHER - self._under_way):
            self._under_way += 1
            self._start(self._ask(one.pk, _asking(one, settings)))

    async def _ask(self, key: int, asking: "Asking") -> None:
        from astreinte.monitoring import lookups

        answer = await lookups.run(asking, at=clock.now(), allow_private=self._allow_private)
        if answer.defect:
            log.error("a look-up is broken", kind=asking.kind, exc_info=answer.defect)
        self._found.put((key, answer.found, answer.error))
        self._ring()


def _asking(one: "LookUp", settings: Any) -> "Asking":
    from astreinte.monitoring import lookups

    addresses = tuple(str(address) for address in one.server.addresses)
    return lookups.KINDS[one.kind](name=one.name, addresses=addresses, settings=settings)
