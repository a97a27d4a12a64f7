"""A tree of processes: start them, start again those that die, stop them all. No orphan, whatever dies first."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from astreinte.core import clock
from astreinte.workers.bell import Bell

STOP_S = 10.0
# A child that dies is started again after 0.1 s, then twice as long each time, 5 s at most; one that lived 10 s starts afresh.
FIRST_PAUSE_S, LAST_PAUSE_S, LIVED_S = 0.1, 5.0, 10.0
LOOK_EVERY_S = 0.5
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass
class Child:
    """One process of the tree, and when it may be started again."""

    name: str
    argv: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    again_at: float = 0.0
    deaths: list[int] = field(default_factory=list)


class Tree:
    """The children of one supervisor. `bell.stop()` ends `run`."""

    def __init__(self, children: Sequence[Child], *, environment: Mapping[str, str], bell: Bell) -> None:
        self.children = list(children)
        self.bell = bell
        self._environment = dict(environment)

    def look(self) -> None:
        """Start what is not running, after its pause."""
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._buried(child)
            if child.process is None and clock.monotonic() >= child.again_at:
                self._start(child)

    def _start(self, child: Child) -> None:
        child.started_at = clock.monotonic()
        child.process = subprocess.Popen(
            child.argv,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us alone: we stop them in order
            preexec_fn=die_with_parent,  # noqa: PLW1509 - this process has one thread
        )

    def _buried(self, child: Child) -> None:
        process, child.process = child.process, None
        if process is None:
            return
        child.deaths.append(process.returncode)
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


def die_with_parent() -> None:
    """Linux tells us to stop when our parent dies, even by SIGKILL."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
