"""Threads for each channel, so that a slow one never delays another; nothing is in two hands at once."""

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import structlog
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from astreinte.core import clock
from astreinte.workers import life

log = structlog.get_logger()
# What raised is left alone for this long: 1 s when the database refused, 30 s when the row itself is defective.
ASIDE_S = {True: 1.0, False: 30.0}
# Work waiting for a thread, for each thread: more would only be held longer than needed.
DEEP = 2


class Pools:
    """Named pools of threads; `holds` says what is in them."""

    def __init__(self, sizes: Mapping[str, int], *, done: Callable[[str], None] = lambda _key: None) -> None:
        self._sizes = dict(sizes)
        self._pools = {
            name: ThreadPoolExecutor(size, thread_name_prefix=name, initializer=self._open)
            for name, size in sizes.items()
        }
        self._connections: list[BaseDatabaseWrapper] = []
        self._done = done
        self._lock = threading.Lock()
        self._held: dict[str, tuple[str, Any]] = {}
        self._aside: dict[str, float] = {}
        self._futures: set[Future[None]] = set()

    def room(self) -> dict[str, int]:
        """How much more each pool takes."""
        with self._lock:
            taken = [name for name, _ in self._held.values()]
        return {name: size * DEEP - taken.count(name) for name, size in self._sizes.items()}

    def holding(self) -> dict[str, Any]:
        """What is in their hands, or waits for one."""
        with self._lock:
            return {key: thing for key, (_, thing) in self._held.items()}

    def busy_with(self) -> set[str]:
        """What is not to be submitted now: in their hands, or set aside for a while."""
        now = clock.monotonic()
        with self._lock:
            self._aside = {key: until for key, until in self._aside.items() if until > now}
            return {*self._held, *self._aside}

    def submit(self, name: str, key: str, job: Callable[[], object], *, thing: Any = None) -> bool:
        """Have this done by a thread of this pool; False when it is already in somebody's hands."""
        with self._lock:
            if key in self._held:
                return False
            self._held[key] = (name, thing)
        try:
            future = self._pools[name].submit(self._run, key, job)
        except RuntimeError:  # stopping
            self._let_go(key)
            return False
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)
        return True

    def _run(self, key: str, job: Callable[[], object]) -> None:
        try:
            job()
        except Exception as error:
            locked = isinstance(error, life.TROUBLE)
            log.exception("set aside for a while; the others go on", what=key, database=locked)
            life.forget_connection()
            self.put_aside(key, seconds=ASIDE_S[locked])
        finally:
            self._let_go(key)
            self._done(key)

    def put_aside(self, key: str, *, seconds: float = ASIDE_S[False]) -> None:
        """Leave this alone for a while."""
        with self._lock:
            self._aside[key] = clock.monotonic() + seconds

    def _let_go(self, key: str) -> None:
        with self._lock:
            self._held.pop(key, None)

    def warm(self, counts: Mapping[str, int]) -> None:
        """Start so many threads of each, with their connections, before there is work."""
        started: list[Future[None]] = []
        for name, count in counts.items():
            together = threading.Barrier(count)
            started += [self._pools[name].submit(_meet, together) for _ in range(count)]
        wait(started, timeout=10)

    def finish(self, within_s: float) -> bool:
        """Take nothing more, let what is being done end. False when something did not."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        clean = not wait(list(self._futures), timeout=within_s).not_done
        for opened in self._connections if clean else ():
            opened.close()
        return clean

    def _open(self) -> None:
        """Each thread keeps its own connection; the one who stops closes them all."""
        mine = connections["default"]
        mine.inc_thread_sharing()
        self._connections.append(mine)
        try:
            mine.ensure_connection()
        except life.TROUBLE as refusal:
            log.warning("a thread starts without its connection", error=str(refusal))


def _meet(together: threading.Barrier) -> None:
    together.wait(timeout=10)


def leave(*, clean: bool) -> None:
    """End the process; a thread that talks to a dead server must not hold it."""
    if not clean:
        os._exit(0)
