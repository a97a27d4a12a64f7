"""The process that looks: checks that are due are looked at together, and what they saw is written by one writer."""

import queue
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from astreinte.core import clock, wake
from astreinte.workers import life
from astreinte.workers.bell import Bell
from astreinte.workers.ears import Ears
from astreinte.workers.looker import Looker, Target
from astreinte.workers.meters import Meters
from astreinte.workers.namer import Namer

if TYPE_CHECKING:
    from astreinte.monitoring.models import Check
    from astreinte.monitoring.rules import Seen

log = structlog.get_logger()
TICK_S = 1.0
# Results are written together, this often at most: a failure that is believed rings within a few hundredths of a second. What
# finds all well waits for more of its kind, and so does what is due: half of what a look costs is the transaction around it.
WRITE_S, WELL_S = 0.05, 0.2
CHORES_S = 10.0
# Whoever waits for an answer of Prometheus or of a name server calls; a call that was lost is found by then.
ASKS_ANYWAY_S = 4.0
# Looks under way at once.
TOGETHER = 500
# Results kept while the database is away.
KEPT = 100_000
# A prober that is blind leaves the checks to others that see, for this long.
YIELDS_S = 10.0


class Prober:
    """One prober; any number of them may share the checks of one PostgreSQL. `bell.stop()` ends it."""

    def __init__(self, bell: Bell) -> None:
        self.bell = bell
        self.ready: Callable[[], None] = lambda: log.info("prober ready")
        self._ears = Ears(bell, wake.PROBER)
        self._patience = life.Patience()
        self._found: queue.SimpleQueue[Seen] = queue.SimpleQueue()
        self._kept: list[Seen] = []
        self._looker = Looker(self._saw, allow_private=_allows_private())
        self._namer = Namer(self._looker.start, self.bell.ring, allow_private=_allows_private())
        self._meters = Meters(self._looker, bell)
        self._under_way = 0
        # the bell rang for what is in `_found`, and for a failure in it; unset before that is read, so that nothing waits unheard
        self._called = self._hurried = False
        # somebody asks for a look, now
        self._asked = False
        self._wrote_at = self._asked_at = self._chores_at = self._beaten_at = float("-inf")

    def run(self) -> None:
        """Look until told to stop; what was seen by then is written."""
        self._patience.turn(self._warm)
        self.ready()
        while not self.bell.stopping:
            self._ears.open()
            self.bell.wait(self._patience.turn(self._turn))
        self._ears.close()
        self._looker.close()
        self._patience.turn(self._written)

    def _warm(self) -> float:
        from astreinte.flows import look_from
        from astreinte.monitoring import probes, vantage
        from astreinte.monitoring import queries as watched

        probes.warm(watched.kinds())
        self._looker.goes_by(vantage.references())
        look_from.begins(at=clock.now())
        return 0.0

    def _saw(self, seen: "Seen") -> None:
        self._found.put(seen)
        hurries = not seen.up and not self._hurried
        if hurries or not self._called:  # two hundred looks a second would wake the writer two hundred times
            self._called, self._hurried = True, self._hurried or hurries
            self.bell.ring()

    def _turn(self) -> float:
        now = clock.monotonic()
        self._asked = self._ears.news() or self._asked
        pause = self._wrote_at + (WRITE_S if self._hurried or self._asked else WELL_S) - now
        if pause > 0:
            return pause
        self._wrote_at = now
        self._written()
        asks = self._asked or now - self._asked_at >= ASKS_ANYWAY_S
        self._asked, self._asked_at = False, now if asks else self._asked_at
        self._namer.turn(asks=asks)
        life.guarded("readings", self._meters.turn, asks=asks)
        left = self._left()
        if left <= 0:
            self._hand_out(clock.now())
            left = self._left()
        self._now_and_then(now)
        return min(max(left, WELL_S), TICK_S)

    def _now_and_then(self, now: float) -> None:
        from astreinte.core import heartbeats

        if now - self._chores_at >= CHORES_S:
            self._chores_at = now
            self._chores(clock.now())
        if now - self._beaten_at >= life.BEAT_S:
            self._beaten_at = now
            heartbeats.beat("prober", at=clock.now(), detail={"under_way": self._under_way})

    def _written(self) -> float:
        """Write what was seen. While the database is away it is kept, the newest."""
        self._called = self._hurried = False
        while not self._found.empty():
            self._kept.append(self._found.get_nowait())
            self._under_way -= 1
        self._kept = self._kept[-KEPT:]
        if not self._kept:
            return 0.0
        try:
            self._told(self._kept)
        except life.TROUBLE:
            raise
        except Exception:
            log.exception("defect in a batch: its results are written one by one")
            self._one_by_one(self._kept)
        self._kept = []
        return 0.0

    def _told(self, kept: "list[Seen]") -> None:
        """What could not be written for too long says nothing of now."""
        from astreinte.flows import observe
        from astreinte.monitoring.rules import agreement

        at = clock.now()
        late = [seen for seen in kept if agreement.is_late(seen.at, at=at)]
        if late:
            observe.past(late)
        observe.results([seen for seen in kept if not agreement.is_late(seen.at, at=at)])

    def _one_by_one(self, kept: "Iterable[Seen]") -> None:
        for seen in kept:
            life.guarded(f"check/{seen.check}", self._told, [seen])

    def _hand_out(self, at: datetime) -> None:
        from astreinte.flows import observe

        room = TOGETHER - self._under_way
        waited = timedelta(seconds=self._yields())
        targets = [_target(check) for check in observe.claimed(at=at, limit=room, waited=waited)] if room > 0 else []
        self._under_way += len(targets)
        self._looker.look(targets)

    def _yields(self) -> float:
        return YIELDS_S if self._looker.blind_since else 0.0

    def _chores(self, at: datetime) -> None:
        from astreinte.flows import hear, observe
        from astreinte.monitoring import vantage

        life.guarded("left down", observe.left_down, at=at)
        life.guarded("left firing", hear.left_firing, at=at)
        life.guarded("late heartbeats", hear.unheard_of, at=at)
        life.guarded("unheard", observe.unheard, at=at)
        life.guarded("doubts", observe.doubts, at=at)
        life.guarded("abandoned", observe.abandoned, at=at)
        life.guarded("blind", self._say_if_blind, at=at)
        self._looker.goes_by(vantage.references())

    def _say_if_blind(self, *, at: datetime) -> None:
        from astreinte.flows import look_from

        since = self._looker.blind_since
        if since:
            look_from.blind_here(since=since, at=at)
        else:
            look_from.sees_here(at=at)

    def _left(self) -> float:
        """Seconds until the next check is due."""
        from astreinte.monitoring import queries as watched

        coming = watched.next_due_at()
        return (coming - clock.now()).total_seconds() + self._yields() if coming else TICK_S


def _allows_private() -> bool:
    from django.conf import settings

    return bool(settings.PROBE_ALLOW_PRIVATE)


def _target(check: "Check") -> Target:
    parameters = check.service.parameters if check.service else {}
    return Target(
        check=check.pk,
        kind=check.kind,
        parameters=parameters,
        where=check.where,
        is_down=check.state == "down",
        addresses=check.server.addresses,
    )


def run() -> None:
    """Look until SIGTERM or Ctrl-C."""
    life.begin()
    bell = Bell()
    bell.stops_on_signals()
    Prober(bell).run()
    log.info("prober stopped")
