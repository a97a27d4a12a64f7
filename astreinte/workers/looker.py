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


class Looker:
    """An event loop in a thread of its own: it looks, and hands over what it saw."""

    def __init__(self, seen: Callable[[Seen], None], *, allow_private: bool) -> None:
        self._seen, self._allow_private = seen, allow_private
        self._loop = asyncio.new_event_loop()
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

    def look(self, target: Target) -> None:
        """Look at this now, or as soon as its host has room."""
        self.start(self._look(target))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run this beside the looks."""
        asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _look(self, target: Target) -> None:
        async with self._hosts[target.host]:
            began = self._loop.time()
            found = await _result(target, allow_private=self._allow_private)
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


async def _result(target: Target, *, allow_private: bool) -> dict[str, Any]:
    try:
        probe = base.make(target.kind, target.parameters)
    except base.BadParameters as bad:
        return {"up": False, "saw": str(bad), "error": "misconfigured"}
    result = await base.run(
        probe, at=clock.now(), allow_private=allow_private, registered=target.addresses, deadline_s=DEADLINE_S
    )
    if result.defect:
        log.error("a check is broken", kind=target.kind, check=target.check, exc_info=result.defect)
    return {"up": result.up, "saw": result.summary, "took_ms": round(result.ms), "error": result.error}
