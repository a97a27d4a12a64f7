"""Looks at services, in a thread of its own: the same for the desk's prober and for those on other machines. Touches no database."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog

from astreinte.core import clock
from astreinte.monitoring.probes import base
from astreinte.monitoring.probes.horizon import Horizon
from astreinte.monitoring.rules import OURS, Seen

log = structlog.get_logger()
DEADLINE_S = 10.0
# Looks under way at one host.
AT_ONE_HOST = 4
# Probes kept made; past that all are made anew.
MOST = 10_000


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is looked at. Once it is believed down nobody asks again whether it is us who do not see."""

    check: int
    kind: str
    parameters: Mapping[str, Any] = field(repr=False)
    where: str = ""
    is_down: bool = False
    # of the server it is on
    addresses: Sequence[str] = ()

    @property
    def host(self) -> str:
        """The machine that is asked."""
        said = self.parameters
        return str(said.get("host") or urlsplit(str(said.get("url", ""))).hostname or self.where)


class Probes:
    """The probe of each check as it was made last: a probe keeps nothing of a look, and making one costs as much as using it."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[str, Mapping[str, Any], base.Probe]] = {}

    def of(self, target: Target) -> base.Probe:
        """The probe of this check, made anew when its parameters changed. Raises BadParameters."""
        known = self._known.get(target.check)
        if known and known[:2] == (target.kind, target.parameters):
            return known[2]
        probe = base.make(target.kind, target.parameters)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[target.check] = (target.kind, target.parameters, probe)
        return probe


class Looker:
    """An event loop in a thread of its own: it looks, and hands over what it saw."""

    def __init__(self, seen: Callable[[Seen], None], *, allow_private: bool) -> None:
        self._seen, self._allow_private = seen, allow_private
        self._loop = asyncio.new_event_loop()
        self._under_way: set[asyncio.Task[None]] = set()
        self._made = Probes()
        self._hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONE_HOST))
        self._horizon = Horizon(allow_private=allow_private, now=clock.now)
        self._thread = threading.Thread(target=self._loop.run_forever, name="looker", daemon=True)
        self._thread.start()

    @property
    def blind_since(self) -> datetime | None:
        """Since when none of the references answer; None while we see."""
        return self._horizon.blind_since

    def goes_by(self, references: Sequence[str]) -> None:
        """What proves that we see, from now on."""
        self._loop.call_soon_threadsafe(self._horizon.look_at, tuple(references))

    def look(self, targets: Sequence[Target]) -> None:
        """Look at these now, or as soon as their hosts have room."""
        if targets:  # one call for all: each wakes the loop
            self._loop.call_soon_threadsafe(self._begin, targets)

    def _begin(self, targets: Sequence[Target]) -> None:
        for target in targets:
            task = self._loop.create_task(self._look(target))
            self._under_way.add(task)  # the loop alone holds a task too weakly
            task.add_done_callback(self._under_way.discard)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run this beside the looks."""
        asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _look(self, target: Target) -> None:
        async with self._hosts[target.host]:
            began = self._loop.time()
            found = await _result(target, self._made, allow_private=self._allow_private)
        at = clock.now()
        if not found["up"] and found["error"] not in OURS and await self._is_ours(target, began=began):
            found["error"] = "blind"
        self._seen(Seen(check=target.check, at=at, **found))

    async def _is_ours(self, target: Target, *, began: float) -> bool:
        """A failure while we see nothing says nothing of the target."""
        if target.is_down:
            return self._horizon.blind_since is not None
        return await self._horizon.was_blind(began)

    def close(self) -> None:
        """Drop what is under way."""
        asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result(DEADLINE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE_S)
        self._loop.close()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _result(target: Target, made: Probes, *, allow_private: bool) -> dict[str, Any]:
    try:
        probe = made.of(target)
    except base.BadParameters as bad:
        return {"up": False, "saw": str(bad), "error": "misconfigured"}
    result = await base.run(
        probe, at=clock.now(), allow_private=allow_private, registered=target.addresses, deadline_s=DEADLINE_S
    )
    if result.defect:
        log.error("a check is broken", kind=target.kind, check=target.check, exc_info=result.defect)
    return {"up": result.up, "saw": result.summary, "took_ms": round(result.ms), "error": result.error}
