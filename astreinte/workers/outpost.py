"""A prober on another machine: it looks at what the desk asks, keeps what it saw until the desk has it, and proves that it is alive.

No database: the checks come over HTTPS and stay in memory (they may hold passwords), the results wait on disk.
"""

import heapq
import logging.config
import os
import queue
import re
import sys
import threading
from collections import Counter
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog

from astreinte.core import clock
from astreinte.workers.bell import Bell
from astreinte.workers.desk import Away, Desk, Refused, Wish
from astreinte.workers.looker import Looker, Target
from astreinte.workers.spool import Spool

if TYPE_CHECKING:
    from astreinte.monitoring.rules import Seen

log = structlog.get_logger()
TICK_S = 1.0
TOGETHER = 500
# The list of checks is asked for this often; a report leaves at least this often, and at once when something turns.
ASK_S, REPORT_S, AT_ONCE_S = 30.0, 10.0, 1.5
MOST_S = 10.0
BATCH = 2000
# After so many failures in a row nobody asks again whether it is us who do not see.
SURE = 10
FINISH_S = 25.0
NAME = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")


class Schedule:
    """When each check is looked at next: spread over its interval at first, then every interval."""

    def __init__(self) -> None:
        self._targets: dict[int, tuple[Target, float]] = {}
        self._heap: list[tuple[float, int]] = []

    def __len__(self) -> int:
        return len(self._targets)

    def set(self, wish: Wish, *, now: float) -> None:
        """These checks from now on; those that were known keep their pace."""
        known = self._targets
        self._targets = {}
        for number, said in enumerate(wish.checks):
            target, every_s = _target(said), max(1.0, float(said["interval_s"]))
            self._targets[target.check] = target, every_s
            if target.check not in known:
                first = (number * 0.618) % 1 * min(every_s, 60.0)
                heapq.heappush(self._heap, (now + first, target.check))

    def due(self, *, now: float, most: int) -> list[Target]:
        """Those whose time has come; one that is behind does not catch up."""
        found: list[Target] = []
        while self._heap and self._heap[0][0] <= now and len(found) < most:
            due, check = heapq.heappop(self._heap)
            if check in self._targets:
                target, every_s = self._targets[check]
                heapq.heappush(self._heap, (due + every_s if due + every_s > now else now + every_s, check))
                found.append(target)
        return found

    def left(self, *, now: float) -> float:
        """Seconds until the next one."""
        return self._heap[0][0] - now if self._heap else TICK_S


def _target(said: dict[str, Any]) -> Target:
    return Target(
        check=int(said["check"]),
        kind=str(said["kind"]),
        parameters=dict(said["parameters"]),
        addresses=tuple(map(str, said.get("addresses", ()))),
    )


class Courier:
    """Speaks with the desk, in a thread of its own: looks go on while it waits."""

    def __init__(self, desk: Desk, spool: Spool, looker: Looker) -> None:
        self._desk, self._spool, self._looker = desk, spool, looker
        self.wishes: queue.SimpleQueue[Wish] = queue.SimpleQueue()
        self.checks = 0
        self._etag = ""
        self._asked_at = self._told_at = float("-inf")
        self._failures = 0
        self._turned, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Speak until told to stop."""
        self._thread.start()

    def turned(self) -> None:
        """Something is not what it was: a report leaves soon."""
        self._turned.set()

    def stop(self) -> None:
        """A last report, if the desk is there."""
        self._stopping.set()
        self._turned.set()
        self._thread.join(FINISH_S)

    def ask(self) -> Wish | None:
        """Ask what there is to look at; None when nothing changed. Raises Away, Refused."""
        wish = self._desk.wishes(known=self._etag)
        self._asked_at = clock.monotonic()
        if wish is not None:
            self._etag = wish.etag
            self._spool.begin_after(wish.last_number)
            self.wishes.put(wish)
        return wish

    def _run(self) -> None:
        while not self._stopping.is_set():
            pause = self._turn()
            if self._failures:
                self._stopping.wait(pause)
            elif self._turned.wait(pause) and not self._stopping.wait(AT_ONCE_S):
                self._turned.clear()
        self._turn()

    def _turn(self) -> float:
        try:
            if clock.monotonic() - self._asked_at >= ASK_S:
                self.ask()
            left = self._report()
        except Away as away:
            return self._later("the desk is away: results are kept", str(away))
        except Refused as refused:
            return self._later("the desk refuses", str(refused))
        except Exception:
            log.exception("defect in a turn: the next one goes on")
            return MOST_S
        if self._failures:
            log.info("the desk is back", kept=self._spool.kept)
        self._failures = 0
        return AT_ONCE_S if left else REPORT_S

    def _later(self, what: str, why: str) -> float:
        if not self._failures:
            log.warning(what, why=why, kept=self._spool.kept)
        self._failures += 1
        return float(min(2 ** min(self._failures, 5), MOST_S))

    def _report(self) -> bool:
        """Send the oldest results; whether some are left."""
        at = clock.now()
        results = self._spool.batch(BATCH, at=at)
        report = {
            "sent_at": at,
            "blind_since": self._looker.blind_since,
            "checks": self.checks,
            "kept": self._spool.kept - len(results),
            "dropped": self._spool.dropped,
            "results": results,
        }
        self._spool.taken(self._desk.tell(report))
        return len(results) == BATCH


class Outpost:
    """One prober of one site. `bell.stop()` ends it."""

    def __init__(self, bell: Bell, *, desk: Desk, spool: Spool, allow_private: bool) -> None:
        self.bell, self._spool = bell, spool
        self._found: queue.SimpleQueue[Seen] = queue.SimpleQueue()
        self._looker = Looker(self._saw, allow_private=allow_private)
        self.courier = Courier(desk, spool, self._looker)
        self._schedule = Schedule()
        self._failing: Counter[int] = Counter()
        self._last: dict[int, bool] = {}
        self._under_way = 0

    def run(self) -> None:
        """Look until told to stop; what was seen by then is kept, and told if the desk is there."""
        self.courier.start()
        while not self.bell.stopping:
            self.bell.wait(self._turn())
        self._looker.close()
        self._collect()
        self.courier.stop()
        self._spool.close()

    def _saw(self, seen: "Seen") -> None:
        self._found.put(seen)
        self.bell.ring()

    def _turn(self) -> float:
        self._collect()
        while not self.courier.wishes.empty():
            self._goes_by(self.courier.wishes.get_nowait())
        now = clock.monotonic()
        due = self._schedule.due(now=now, most=max(0, TOGETHER - self._under_way))
        targets = [self._with_doubt(target) for target in due]
        self._under_way += len(targets)
        self._looker.look(targets)
        return min(max(self._schedule.left(now=clock.monotonic()), 0.05), TICK_S)

    def _goes_by(self, wish: Wish) -> None:
        from astreinte.monitoring import probes

        probes.warm({str(said["kind"]) for said in wish.checks})
        self._looker.goes_by(wish.references)
        self._schedule.set(wish, now=clock.monotonic())
        self.courier.checks = len(self._schedule)
        log.info("prober ready", site=wish.site, checks=len(self._schedule))

    def _with_doubt(self, target: Target) -> Target:
        is_down = self._failing[target.check] >= SURE
        return replace(target, is_down=is_down)

    def _collect(self) -> None:
        found: list[Seen] = []
        while not self._found.empty():
            found.append(self._found.get_nowait())
            self._under_way -= 1
        try:
            self._spool.add(found)
        except OSError as error:
            log.warning("the disk does not take the results", error=str(error))
        for seen in found:
            self._note(seen)

    def _note(self, seen: "Seen") -> None:
        """What turns, or fails and may be about to, is told at once; the rest can wait for the next report."""
        self._failing[seen.check] = 0 if seen.up else self._failing[seen.check] + 1
        if self._last.get(seen.check) is not seen.up or 0 < self._failing[seen.check] < SURE:
            self.courier.turned()
        self._last[seen.check] = seen.up


def run(*, site: str, core: str, key: str) -> int:
    """Look until SIGTERM or Ctrl-C; 2 when the desk cannot be used as it is given."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astreinte.config.settings")
    from django.conf import settings  # the settings alone: no database is opened here

    logging.config.dictConfig(settings.LOGGING)
    try:
        desk = Desk(core, key=key or settings.SITE_KEY)
        folder = settings.DATA / f"prober-{_tidy(site)}"
    except ValueError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    return _looked(desk, Spool(folder), site=site, allow_private=settings.PROBE_ALLOW_PRIVATE)


def _tidy(site: str) -> str:
    if not NAME.fullmatch(site):
        raise ValueError(f"{site} is not a name; use small letters, digits and dashes, as in the provider file.")
    return site


def _looked(desk: Desk, spool: Spool, *, site: str, allow_private: bool) -> int:
    bell = Bell()
    bell.stops_on_signals()
    outpost = Outpost(bell, desk=desk, spool=spool, allow_private=allow_private)
    wrong = _unknown(outpost, site=site)
    if wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    outpost.run()
    desk.close()
    log.info("prober stopped", kept=spool.kept)
    return 0


def _unknown(outpost: Outpost, *, site: str) -> str:
    """Why this desk is not for us; nothing when it is. One that is away is waited for."""
    try:
        wish = outpost.courier.ask()
    except Away as away:
        log.warning("the desk is away: it is asked again", why=str(away))
        return ""
    except Refused as refused:
        if refused.status == HTTPStatus.NOT_FOUND:
            return f"The desk knows no site with this key: write monitoring.sites.{site} in its provider file."
        log.warning("the desk refuses", why=str(refused))
        return ""
    return f"This key is that of {wish.site}, not of {site}." if wish and wish.site != site else ""
