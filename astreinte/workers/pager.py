"""The process that rings: woken by each commit, it hands what is due to the threads of each channel, and climbs what nobody answered."""

import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from astreinte.core import clock
from astreinte.workers import life
from astreinte.workers.bell import Bell
from astreinte.workers.ears import Ears
from astreinte.workers.pools import Pools, leave
from astreinte.workers.settler import SETTLES, Settler

log = structlog.get_logger()
# A message claimed by one of these threads is at most 10 s from its end (channels.base.DEADLINE_S), its lease lasts 20 s.
CHANNELS = {"sms": 8, "voice": 8, "email": 4, "webhook": 4, "apprise": 4}
# Steps, silences and signs of life: in order, and never in the way of a message that is ready.
PLAN = "plan"
TICK_S = 1.0
# What comes next is asked again this often when nobody called.
RECKONS_S = 15.0
# Threads that compute let each other in after this long: five times sooner than Python's own habit, which a page would feel.
SWITCH_S = 0.001
FINISH_S = 10.0
# The clock of the machine against the one that never jumps (reliability, F16).
JUMP_S = 30.0


class Jumps:
    """Notices when the wall clock is moved, or the machine slept."""

    def __init__(self, *, at: datetime, monotonic: float) -> None:
        self._offset = at.timestamp() - monotonic

    def since(self, *, at: datetime, monotonic: float) -> float:
        """By how many seconds the clock jumped since the last time this was asked; 0 when it did not."""
        offset = at.timestamp() - monotonic
        jump, self._offset = offset - self._offset, offset
        return jump if abs(jump) > JUMP_S else 0.0


class Pager:
    """One pager; any number of them may run at once. `bell.stop()` ends it. `lease`: how long a claim holds, 20 s by default."""

    def __init__(self, bell: Bell, *, lease: timedelta | None = None) -> None:
        self.bell = bell
        self._options = {"lease": lease} if lease else {}
        self.ready: Callable[[], None] = lambda: log.info("pager ready")
        self._ears = Ears(bell)
        self._patience = life.Patience()
        self._pools = Pools({**CHANNELS, PLAN: 1, SETTLES: 1}, done=self._done)
        self._settler = Settler(self._pools)
        # channels with more to send than they had room for, and when all the rest is looked at again
        self._short: set[str] = set()
        self._look_at = float("-inf")
        self._beaten_at = float("-inf")
        self._jumps = Jumps(at=clock.now(), monotonic=clock.monotonic())
        self._jumped = 0.0
        self._looked_at = float("-inf")
        # what comes next, as it was when it was last asked; and whether our own hands moved something since
        self._coming: datetime | None = None
        self._moved, self._reckoned_at = True, float("-inf")

    def run(self) -> bool:
        """Ring until told to stop. False when something in hand did not end in time."""
        sys.setswitchinterval(SWITCH_S)
        self._patience.turn(self._warm)
        self.ready()
        while not self.bell.stopping:
            self._ears.open()
            self.bell.wait(self._patience.turn(self._turn))
        self._ears.close()
        clean = self._pools.finish(FINISH_S)
        self._patience.turn(self._written)
        return clean

    def _written(self) -> float:
        self._settler.write()
        return 0.0

    def _warm(self) -> float:
        from astreinte.flows import keep_time
        from astreinte.notifications import sending

        sending.warm()
        life.guarded("the clock", keep_time.since_last_time, at=clock.now())
        self._pools.warm({"sms": 2, "voice": 2, "email": 1, "webhook": 1, PLAN: 1, SETTLES: 1})
        return 0.0

    def _turn(self) -> float:
        """Hand over what is due: a wake-up asks for no more. Once a tick, or when something else falls due, look at all the rest."""
        at = clock.now()
        slept = self._watch_the_clock(at) > 0
        self._catch_up(at, slept=slept)
        self._hand_over(at)
        if clock.monotonic() >= self._look_at:
            self._look_at = clock.monotonic() + TICK_S
            self._hand_over_orphans(at)
            if self._pools.submit(PLAN, PLAN, self._steps):
                self._look_at = clock.monotonic() + self._pause(at)
        return self._look_at - clock.monotonic()

    def _catch_up(self, at: datetime, *, slept: bool) -> None:
        """Nobody looked for a while: this is the start, the database was away, or the machine slept."""
        from astreinte.flows import catch_up

        if slept or clock.monotonic() - self._looked_at > catch_up.AWAY.total_seconds():
            life.guarded("catch up", catch_up.missed, at=at)
        self._looked_at = clock.monotonic()

    def _watch_the_clock(self, at: datetime) -> float:
        jump = self._jumps.since(at=at, monotonic=clock.monotonic())
        if jump:
            log.error("the clock jumped", seconds=round(jump))
        self._jumped += jump
        if not self._jumped:
            return 0.0
        from astreinte.flows import deliver, keep_time

        letters = [letter for letter in self._pools.holding().values() if letter is not None]
        deliver.rebase(letters, at=at)
        if self._jumped < 0:
            life.guarded("the clock", keep_time.moved_back, by=timedelta(seconds=-self._jumped), at=at)
        jump, self._jumped = self._jumped, 0.0  # only now: a database that refuses is asked again
        return jump

    def _hand_over(self, at: datetime) -> None:
        """All that is due, by one question.

        When there is more than its answer holds, each channel is asked for its own: a thousand e-mails never hide a text.
        """
        room, busy = self._pools.room(), self._pools.busy_with()
        free = [name for name in CHANNELS if room[name] > 0]
        short = set(CHANNELS) - set(free)
        if free and self._gave(free, room, busy=busy, at=at):
            short |= {
                name for name in free if self._gave([name], self._pools.room(), busy=self._pools.busy_with(), at=at)
            }
        self._short = short

    def _gave(self, channels: list[str], room: dict[str, int], *, busy: set[str], at: datetime) -> bool:
        """Hand over what there is room for. True when there may be more."""
        from astreinte.flows import deliver
        from astreinte.notifications import queries as outbox

        most = sum(room[name] for name in channels) + len(busy)
        letters = outbox.due(at=at, limit=most, channels=channels)
        new = [letter for letter in letters if _name(letter) not in busy]
        for letter in new:
            room[letter.channel] -= 1
            if room[letter.channel] >= 0:
                job = partial(deliver.one, letter, now=clock.now, tell=self._settler.tell, **self._options)
                self._pools.submit(letter.channel, _name(letter), job, thing=letter)
        return len(letters) == most or any(room[name] < 0 for name in channels)

    def _hand_over_orphans(self, at: datetime) -> None:
        """What a dead worker held: its provider is asked by the threads of its channel, for that takes time."""
        from astreinte.flows import deliver
        from astreinte.notifications import queries as outbox

        busy = self._pools.busy_with()
        for letter in outbox.orphans(at=at):
            if _name(letter) not in busy:
                self._pools.submit(
                    letter.channel, _name(letter), partial(deliver.adopt, letter, now=clock.now, **self._options)
                )

    def _done(self, key: str) -> None:
        """A channel that had more to send than it had room for is given more once nothing waits for its threads."""
        self._moved = self._moved or key != PLAN
        short = self._short
        room = self._pools.room() if short else {}
        if any(room[name] >= CHANNELS[name] for name in short):
            self.bell.ring()

    def _steps(self) -> None:
        """Climb, look for silences, and say that all this was done. In a thread of its own."""
        from astreinte.core import heartbeats
        from astreinte.flows import deliver, escalate
        from astreinte.notifications import queries as outbox
        from astreinte.paging import queries as pages

        at = clock.now()
        self._each("page", pages.due(at=at, limit=escalate.AT_ONCE), partial(escalate.climbed, at=at))
        self._each("silent", outbox.silent(at=at), partial(deliver.hurry, at=at))
        if clock.monotonic() - self._beaten_at >= life.BEAT_S:
            self._beaten_at = clock.monotonic()
            heartbeats.beat("pager", at=at, detail={"in_hand": len(self._pools.holding())})

    def _each(self, kind: str, rows: Iterable[Any], work: Callable[[Any], object]) -> None:
        busy = self._pools.busy_with()
        for row in rows:
            self._moved = True
            key = f"{kind}/{row.pk}"
            if key not in busy and not life.guarded(key, work, row):
                self._pools.put_aside(key)

    def _pause(self, at: datetime) -> float:
        """Until the next thing to come, or the tick. What is due and in hand rings when it is done."""
        coming = self._coming_after(at)
        left = (coming - clock.now()).total_seconds() if coming else TICK_S
        return min(max(left, 0.0), TICK_S)

    def _coming_after(self, at: datetime) -> datetime | None:
        """When the next thing falls due. Asked again once somebody called, something was done, or it is past."""
        from astreinte.notifications import queries as outbox
        from astreinte.paging import queries as pages

        now, called = clock.monotonic(), self._ears.news()
        is_past = self._coming is not None and self._coming <= at
        if called or self._moved or is_past or now - self._reckoned_at >= RECKONS_S:
            self._moved, self._reckoned_at = False, now
            coming = [instant for instant in (outbox.next_after(at), pages.next_after(at)) if instant]
            self._coming = min(coming, default=None)
        return self._coming


def _name(letter: Any) -> str:
    return f"letter/{letter.pk}"


def run() -> None:
    """Ring until SIGTERM or Ctrl-C; what is being sent ends within 10 s."""
    life.begin()
    bell = Bell()
    bell.stops_on_signals()
    clean = Pager(bell).run()
    log.info("pager stopped")
    leave(clean=clean)
