"""Asks the provider's Prometheus about the servers somebody complains of, on the looker's loop, and keeps what it said."""

import queue
from typing import TYPE_CHECKING

import structlog

from astreinte.core import clock
from astreinte.workers import life
from astreinte.workers.bell import Bell
from astreinte.workers.looker import Looker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astreinte.tickets.asking import Prometheus, Told
    from astreinte.tickets.rules.metrics.table import Query

log = structlog.get_logger()
# Servers asked about at once, by one prober.
TOGETHER = 8


class Meters:
    """Part of a prober: takes what is waited for, asks, and writes the answers in the prober's own thread."""

    def __init__(self, looker: Looker, bell: Bell) -> None:
        self._looker, self._bell = looker, bell
        self._told: queue.SimpleQueue[tuple[int, Told]] = queue.SimpleQueue()
        self._under_way = 0

    def turn(self, *, asks: bool) -> None:
        """Write what was heard; with `asks`, and when that makes room, ask what is waited for."""
        was_busy = self._under_way
        while not self._told.empty():
            key, told = self._told.get_nowait()
            self._under_way -= 1
            life.guarded(f"reading/{key}", self._keep, key, told)
        if (asks or self._under_way < was_busy) and self._under_way < TOGETHER:
            self._ask()

    def _ask(self) -> None:
        from astreinte.flows import read_metrics
        from astreinte.tickets import measures
        from astreinte.tickets.asking import Told

        for reading in read_metrics.claimed(at=clock.now(), limit=TOGETHER - self._under_way):
            self._under_way += 1
            if measures.are_read():
                there, questions = measures.prometheus(reading.server), measures.questions()
                self._looker.start(self._asked(reading.pk, there, questions))
            else:
                self._told.put((reading.pk, Told()))

    async def _asked(self, key: int, there: "Prometheus", questions: "Sequence[Query]") -> None:
        from astreinte.tickets import asking

        try:
            told = await asking.ask(there, questions)
        except Exception:
            log.exception("a defect while Prometheus was asked")
            told = asking.Told(trouble="defect")
        self._told.put((key, told))
        self._bell.ring()

    def _keep(self, key: int, told: "Told") -> None:
        from astreinte.flows import read_metrics

        read_metrics.heard(key, told, at=clock.now())
