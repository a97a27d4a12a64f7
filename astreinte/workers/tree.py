"""A tree of processes: start them, start again those that die, stop them all. No orphan, whatever dies first."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from astreinte.core import clock
from astreinte.workers.bell import Bell
from astreinte.workers.forked import Forked

STOP_S = 10.0
# A child that dies is started again after 0.1 s, then twice as long each time, 5 s at most; one that lived 10 s starts afresh.
FIRST_PAUSE_S, LAST_PAUSE_S, LIVED_S = 0.1, 5.0, 10.0
# A child that ends rings the bell (SIGCHLD): this is the safety net.
LOOK_EVERY_S = 5.0
# Each in a session of its own: Ctrl-C is for us alone, and what it starts itself is killed with it.
Process = subprocess.Popen[bytes] | Forked


@dataclass
class Child:
    """One process of the tree, and when it may be started again."""

    name: str
    begin: Callable[[], Process]
    process: Process | None = None
    started_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    again_at: float = 0.0


class Tree:
    """The children of one supervisor. `bell.stop()` ends `run`."""

    def __init__(self, children: Sequence[Child], *, bell: Bell) -> None:
        self.children = list(children)
        self.bell = bell

    def look(self) -> None:
        """Start what is not running, after its pause."""
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._buried(child)
            if child.process is None and clock.monotonic() >= child.again_at:
                child.started_at = clock.monotonic()
                child.process = child.begin()

    def _buried(self, child: Child) -> None:
        process, child.process = child.process, None
        if process is None:
            return
        _kill_group(process.pid)  # what it had started itself
        if clock.monotonic() - child.started_at >= LIVED_S:
            child.pause_s = FIRST_PAUSE_S
        child.again_at = clock.monotonic() + child.pause_s
        _say(f"{child.name} ended (code {process.returncode}): started again in {child.pause_s:g} s")
        child.pause_s = min(child.pause_s * 2, LAST_PAUSE_S)

    def run(self) -> None:
        """Keep them running until told to stop."""
        while not self.bell.stopping:
            self.look()
            self.bell.wait(self._pause())

    def _pause(self) -> float:
        waiting = [child.again_at - clock.monotonic() for child in self.children if child.process is None]
        return max(0.0, min([LOOK_EVERY_S, *waiting]))

    def stop(self) -> None:
        """SIGTERM to all at once; SIGKILL to what is still there after 10 s."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            with suppress(ProcessLookupError):
                process.terminate()
        end = clock.monotonic() + STOP_S
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, end - clock.monotonic()))
            _kill_group(process.pid)
            process.wait()


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
