"""What was sent is written down together: under load the turn to write is what all wait for, and each message needs two."""

import queue
from typing import TYPE_CHECKING

import structlog
from django.db.utils import InterfaceError, OperationalError

from astreinte.workers.pools import Pools

if TYPE_CHECKING:
    from astreinte.flows.deliver import Told

log = structlog.get_logger()
# The pool of one thread that writes.
SETTLES = "settles"


class Settler:
    """Threads that send tell it what became of a message; one thread writes all that it was told meanwhile."""

    def __init__(self, pools: Pools) -> None:
        self._pools = pools
        self._told: queue.SimpleQueue[Told] = queue.SimpleQueue()

    def tell(self, told: "Told") -> None:
        """Write this as soon as the one before is written; at once, and here, when the pager is stopping."""
        self._told.put(told)
        # a job for each: the first one writes what the others came for, and none is ever left without one
        if not self._pools.submit(SETTLES, f"settle/{told.letter.pk}/{told.letter.attempt}", self.write):
            self.write()

    def write(self) -> None:
        """Write all that was told. What the database refuses for too long is looked up when its lease ends, as after a crash."""
        from astreinte.flows import deliver

        told = self._drained()
        if not told:
            return
        try:
            deliver.settle(told)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("defect among what was sent: each is written alone")
            for one in told:
                self._alone(one)

    def _alone(self, told: "Told") -> None:
        from astreinte.flows import deliver

        try:
            deliver.settle([told])
        except Exception:
            log.exception("not written: it is looked up when its lease ends", notification=told.letter.pk)

    def _drained(self) -> "list[Told]":
        told = []
        try:
            while True:
                told.append(self._told.get_nowait())
        except queue.Empty:
            return told
