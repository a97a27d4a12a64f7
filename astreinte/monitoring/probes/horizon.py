"""Do we see at all? Before a target is blamed, references that have nothing to do with it are asked. Knows nothing of Django."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from astreinte.monitoring.probes.base import BadParameters, Probe, Result, make, run
from astreinte.monitoring.rules import OURS

# An answer counts for this long: many checks that fail together are one question.
SAW_S, BLIND_S = 1.0, 3.0
DEADLINE_S = 4.0
ANY_STATUS = "100-599"


def read(text: str) -> Probe:
    """The look that a reference is: `https://...`, `tcp host:port`, or a kind of check and its host (`ping 192.0.2.1`).

    Raises `BadParameters`.
    """
    if text.startswith(("https://", "http://")):
        return make("http", {"url": text, "status": ANY_STATUS, "redirects": "answer"})
    kind, _, where = text.partition(" ")
    if kind != "tcp":
        return make(kind, {"host": where.strip()})
    host, colon, port = where.strip().rpartition(":")
    if not colon:
        raise BadParameters("tcp needs a host and a port, as in tcp 192.0.2.1:53")
    return make("tcp", {"host": host.strip("[]"), "port": port})


def is_clear(results: Collection[Result]) -> bool:
    """Whether we see: some reference answers, whatever it answers. References that cannot be asked prove nothing."""
    asked = [one for one in results if one.error not in OURS]
    return not asked or any(one.up or not one.error for one in asked)


class Horizon:
    """The references of one prober, asked when something fails, and again while none of them answers. Lives in one event loop."""

    def __init__(self, *, allow_private: bool, now: Callable[[], datetime], again_s: float = BLIND_S) -> None:
        self.blind_since: datetime | None = None
        self._allow_private, self._now, self._again_s = allow_private, now, again_s
        self._references: tuple[str, ...] = ()
        self._probes: list[Probe] = []
        self._asking: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._asked_at = self._blind_at = float("-inf")  # by the clock of the loop

    def look_at(self, references: Sequence[str]) -> None:
        """These references from now on; none: never blind."""
        if tuple(references) == self._references:
            return
        self._references, self._probes = tuple(references), [read(one) for one in references]
        self._asked_at = float("-inf")
        if not self._probes:
            self.blind_since = None

    async def was_blind(self, since: float) -> bool:
        """Whether we saw nothing at all, at some moment between `since` (by the clock of the loop) and now: something failed then."""
        if not self._probes:
            return False
        if self._asking is None and self._is_old():
            self._asking = asyncio.get_running_loop().create_task(self._ask())
        if self._asking is not None:
            await asyncio.shield(self._asking)
        return self.blind_since is not None or self._blind_at >= since

    def _is_old(self) -> bool:
        age = asyncio.get_running_loop().time() - self._asked_at
        return age > (SAW_S if self.blind_since is None else self._again_s)

    async def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        self._asked_at = loop.time()
        try:
            found = await asyncio.gather(*(self._look(probe) for probe in self._probes))
            self._conclude(clear=is_clear(found))
        finally:
            self._asking = None

    async def _look(self, probe: Probe) -> Result:
        return await run(probe, at=self._now(), allow_private=self._allow_private, deadline_s=DEADLINE_S)

    def _conclude(self, *, clear: bool) -> None:
        if clear:
            self.blind_since = None
            return
        loop = asyncio.get_running_loop()
        self._blind_at = loop.time()
        self.blind_since = self.blind_since or self._now()
        if self._watching is None or self._watching.done():
            self._watching = loop.create_task(self._watch())

    async def _watch(self) -> None:
        """Nobody else asks once everything is believed down, or nothing is looked at."""
        while self.blind_since is not None:
            await asyncio.sleep(self._again_s)
            await self._ask()
