"""The process that watches the watchers: it looks at tables alone, and tells the outside that all is well only while it is."""

from datetime import datetime, timedelta

import structlog

from astreinte.core import clock
from astreinte.workers import life
from astreinte.workers.bell import Bell

log = structlog.get_logger()
TICK_S = 5.0
LATE = timedelta(seconds=60)
SILENT_S = 60.0
CALL_EVERY_S = 30.0
# Shorter than the tick's patience of the doors (15 s): a slow watcher outside must not make us look late.
CALL_DEADLINE_S = 5.0
SPACE_EVERY_S = 30.0
WATCHED = ("pager", "keeper")
# With nothing to look at there need be none.
LOOKING = "prober"


class Auditor:
    """One auditor; any number of them may run at once. `bell.stop()` ends it."""

    def __init__(self, bell: Bell) -> None:
        self.bell = bell
        self._patience = life.Patience()
        self._started_at = clock.monotonic()
        self._called_at = self._proved_at = float("-inf")
        self._said: list[str] = []

    def run(self) -> None:
        """Look every few seconds until told to stop."""
        while not self.bell.stopping:
            self.bell.wait(self._patience.turn(self._turn))

    def _turn(self) -> float:
        from astreinte.core import heartbeats

        self._prove_space()
        at = clock.now()
        wrong = findings(at=at) + self._missing(at)
        heartbeats.beat("auditor", at=at, detail={"wrong": wrong})
        self._say(wrong)
        if not wrong and clock.monotonic() - self._called_at >= CALL_EVERY_S:
            self._called_at = clock.monotonic()
            call_outside()
        return TICK_S

    def _prove_space(self) -> None:
        """Without room for a ticket no sign of life is given: the doors and the outside then say that nobody can open one."""
        from astreinte.core import space

        if clock.monotonic() - self._proved_at >= SPACE_EVERY_S:
            space.prove()
            self._proved_at = clock.monotonic()

    def _missing(self, at: datetime) -> list[str]:
        """Those never seen at all: they have a minute to start."""
        if clock.monotonic() - self._started_at < SILENT_S:
            return []
        from astreinte.core import heartbeats

        known = heartbeats.ages(at=at)
        return [f"{worker} was never seen" for worker in watched() if worker not in known]

    def _say(self, wrong: list[str]) -> None:
        if wrong:
            log.error("ALARM: the outside heartbeat is withheld", wrong=wrong)
        elif self._said:
            log.warning("all is well again")
        self._said = wrong


def watched() -> tuple[str, ...]:
    """The workers that must be alive: the prober while anything is looked at, or is to be heard of."""
    from astreinte.monitoring import sources

    return (*WATCHED, LOOKING) if sources.is_expecting() else WATCHED


def findings(*, at: datetime) -> list[str]:
    """What is wrong, in words: messages that should have left, pages that do not climb, workers that say nothing."""
    from astreinte.core import heartbeats
    from astreinte.notifications import queries as outbox
    from astreinte.paging import queries as pages

    wrong = []
    late = outbox.late(at=at, by=LATE)
    if late:
        wrong.append(f"{late} messages are overdue")
    stuck = pages.stuck(at=at, by=LATE)
    if stuck:
        wrong.append(f"pages {', '.join(map(str, stuck))} are stuck, or nothing about them could be sent")
    ages = heartbeats.ages(at=at)
    return wrong + [f"{worker} is silent" for worker in watched() if ages.get(worker, 0.0) > SILENT_S]


def call_outside() -> bool:
    """Tell the dead-man's switch outside that all is well; its silence is what rings there (reliability, F21)."""
    from django.conf import settings

    if not settings.HEARTBEAT_URL:
        return False
    from astreinte.core import outbound

    try:
        # the administrator's own choice, in the environment: it may be on a private network
        answer = outbound.get(settings.HEARTBEAT_URL, allow_private=True, deadline_s=CALL_DEADLINE_S)
    except (outbound.OutboundFailed, outbound.OutboundRefused) as error:
        log.warning("the outside heartbeat could not be called", error=str(error))
        return False
    if not answer.ok:
        log.error("the outside heartbeat was refused", status=answer.status)
    return answer.ok


def run() -> None:
    """Watch until SIGTERM or Ctrl-C."""
    life.begin()
    bell = Bell()
    bell.stops_on_signals()
    log.info("auditor ready")
    Auditor(bell).run()
    log.info("auditor stopped")
