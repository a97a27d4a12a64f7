"""Real worker processes for tests, on the test's own database."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from astreinte.core import clock

# Only a failure waits this long: a busy machine is none.
PATIENCE_S = 90.0


class Worker:
    """A process, with all it has said."""

    def __init__(self, argv: list[str], environment: dict[str, str]) -> None:
        self.said: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            argv,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            with self._news:
                self.said.append(line)
                self._news.notify_all()

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.said)

    def says(self, words: str) -> None:
        """Wait until it has said this."""
        with self._news:
            if not self._news.wait_for(lambda: words in self.text, PATIENCE_S):
                raise AssertionError(f"it never said {words!r} but:\n{self.text}")

    def ends(self) -> int:
        """Wait until it ends by itself: its exit code."""
        return self.process.wait(PATIENCE_S)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        self.process.stdout.close()
        return code


@contextmanager
def running(*argv: str, within: Sequence[str] = (), **environment: str) -> Iterator[Worker]:
    """`python ARGV`, by the program `within` where one is given; stopped at the end of the block whatever happened in it."""
    worker = Worker([*within, sys.executable, *argv], environment)
    try:
        yield worker
    finally:
        if worker.process.poll() is None:
            os.killpg(worker.process.pid, signal.SIGKILL)
        worker.stop()


def until(
    true: Callable[[], object], *, within_s: float = PATIENCE_S, or_tell: Callable[[], object] = lambda: ""
) -> None:
    """Wait for this to be true. Where it never is, `or_tell` says what there is instead."""
    end, pause = clock.monotonic() + within_s, threading.Event()
    while not true():
        if clock.monotonic() > end:
            raise AssertionError(f"it never became true: {or_tell()}")
        pause.wait(0.02)
