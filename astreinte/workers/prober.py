"""The process that looks: checks that are due are looked at together, and what they saw is written by one writer."""

import asyncio
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog

from astreinte.core import clock
from astreinte.workers import life
from astreinte.workers.bell import Bell

if TYPE_CHECKING:
    from astreinte.monitoring.models import Check
    from astreinte.monitoring.rules import Seen

log = structlog.get_logger()
TICK_S = 1.0
# Results are written together, this often at most: a failure that is believed rings within a few hundredths of a second.
WRITE_S = 0.05
CHORES_S = 5.0
DEADLINE_S = 10.0
# Looks under way at once, in all and at one host.
TOGETHER, AT_ONE_HOST = 500, 4
# Results kept while the database is away.
KEPT = 100_000


class Looker:
    """An event loop in a thread of its own: it looks, and hands over what it saw. It touches no database."""

    def __init__(self, seen: Callable[["Seen"], None]) -> None:
        self._seen = seen
        self._loop = asyncio.new_event_loop()
        self._hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONE_HOST))
        self._thread = threading.Thread(target=self._loop.run_forever, name="looker", daemon=True)
        self._thread.start()

    def look(self, check: "Check", *, allow_private: bool) -> None:
        """Look at this check now, or as soon as its host has room."""
        asyncio.run_coroutine_threadsafe(self._look(check, allow_private=allow_private), self._loop)

    async def _look(self, check: "Check", *, allow_private: bool) -> None:
        from astreinte.monitoring.rules import Seen

        async with self._hosts[_host(check)]:
            found = await _result(check, allow_private=allow_private)
        self._seen(Seen(check=check.pk, at=clock.now(), **found))

    def close(self) -> None:
        """Drop what is under way."""
        asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result(DEADLINE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE_S)
        self._loop.close()


def _host(check: "Check") -> str:
    said = check.service.parameters if check.service else {}
    return str(said.get("host") or urlsplit(str(said.get("url", ""))).hostname or check.where)


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _result(check: "Check", *, allow_private: bool) -> dict[str, Any]:
    from astreinte.monitoring.probes import base

    try:
        probe = base.make(check.kind, check.service.parameters if check.service else {})
    except base.BadParameters as bad:
        return {"up": False, "saw": str(bad), "error": "misconfigured"}
    result = await base.run(probe, at=clock.now(), allow_private=allow_private, deadline_s=DEADLINE_S)
    if result.defect:
        log.error("a check is broken", kind=check.kind, check=check.pk, exc_info=result.defect)
    return {"up": result.up, "saw": result.summary, "took_ms": round(result.ms), "error": result.error}


class Prober:
    """One prober; any number of them may share the checks of one PostgreSQL. `bell.stop()` ends it."""

    def __init__(self, bell: Bell) -> None:
        self.bell = bell
        self.ready: Callable[[], None] = lambda: log.info("prober ready")
        self._patience = life.Patience()
        self._found: queue.SimpleQueue[Seen] = queue.SimpleQueue()
        self._kept: list[Seen] = []
        self._looker = Looker(self._saw)
        self._under_way = 0
        self._wrote_at = self._chores_at = float("-inf")

    def run(self) -> None:
        """Look until told to stop; what was seen by then is written."""
        self._patience.turn(self._warm)
        self.ready()
        while not self.bell.stopping:
            self.bell.wait(self._patience.turn(self._turn))
        self._looker.close()
        self._patience.turn(self._written)

    def _warm(self) -> float:
        from astreinte.monitoring import probes
        from astreinte.monitoring import queries as watched

        probes.warm(watched.kinds())
        return 0.0

    def _saw(self, seen: "Seen") -> None:
        self._found.put(seen)
        self.bell.ring()

    def _turn(self) -> float:
        now = clock.monotonic()
        if now - self._wrote_at < WRITE_S:
            return WRITE_S - (now - self._wrote_at)
        self._wrote_at = now
        self._written()
        left = self._left()
        if left <= 0:
            self._hand_out(clock.now())
            left = self._left()
        if now - self._chores_at >= CHORES_S:
            self._chores_at = now
            self._chores(clock.now())
        return min(max(left, WRITE_S), TICK_S)

    def _written(self) -> float:
        """Write what was seen. While the database is away it is kept, the newest."""
        from astreinte.flows import observe

        while not self._found.empty():
            self._kept.append(self._found.get_nowait())
            self._under_way -= 1
        self._kept = self._kept[-KEPT:]
        if not self._kept:
            return 0.0
        try:
            observe.results(self._kept)
        except life.TROUBLE:
            raise
        except Exception:
            log.exception("defect in a batch: its results are written one by one")
            self._one_by_one(self._kept)
        self._kept = []
        return 0.0

    def _one_by_one(self, kept: Iterable["Seen"]) -> None:
        from astreinte.flows import observe

        for seen in kept:
            life.guarded(f"check/{seen.check}", observe.results, [seen])

    def _hand_out(self, at: datetime) -> None:
        from django.conf import settings

        from astreinte.flows import observe

        room = TOGETHER - self._under_way
        for check in observe.claimed(at=at, limit=room) if room > 0 else ():
            self._under_way += 1
            self._looker.look(check, allow_private=settings.PROBE_ALLOW_PRIVATE)

    def _chores(self, at: datetime) -> None:
        from astreinte.core import heartbeats
        from astreinte.flows import hear, observe

        life.guarded("left down", observe.left_down, at=at)
        life.guarded("left firing", hear.left_firing, at=at)
        life.guarded("late heartbeats", hear.unheard_of, at=at)
        life.guarded("unheard", observe.unheard, at=at)
        heartbeats.beat("prober", at=at, detail={"under_way": self._under_way})

    def _left(self) -> float:
        """Seconds until the next check is due."""
        from astreinte.monitoring import queries as watched

        coming = watched.next_due_at()
        return (coming - clock.now()).total_seconds() if coming else TICK_S


def run() -> None:
    """Look until SIGTERM or Ctrl-C."""
    life.begin()
    bell = Bell()
    bell.stops_on_signals()
    Prober(bell).run()
    log.info("prober stopped")
