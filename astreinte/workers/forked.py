"""A process that begins as a copy of this one: what is read here is not read, and not kept, again by each (70 MB and 2 s)."""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NoReturn

import structlog

log = structlog.get_logger()
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15  # linux/prctl.h
_OURS = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
FIRST_FD, LAST_FD = 3, 65_536


class Forked:
    """A copy that does one job, then ends; it is asked what `subprocess.Popen` is asked. For a parent of one thread.

    `name` is what `ps -o comm` and `top` show, 15 characters at most.
    """

    def __init__(self, name: str, job: Callable[[], object]) -> None:
        self.returncode: int | None = None
        sys.stdout.flush()
        sys.stderr.flush()
        # a signal that arrives between the two must find neither our handlers nor none
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)
        self.pid = os.fork()
        if not self.pid:
            _live(name, job, mask=before)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it lives."""
        return self.returncode if self.returncode is not None else self._ended(os.WNOHANG)

    def terminate(self) -> None:
        """SIGTERM."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended. Raises subprocess.TimeoutExpired."""
        if self.poll() is None and timeout is not None and not self._ends_within(timeout):
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        code = self.poll()
        return int(self._ended(0) or 0) if code is None else code

    def _ends_within(self, seconds: float) -> bool:
        watched = os.pidfd_open(self.pid)
        try:
            return bool(select.select([watched], [], [], seconds)[0])
        finally:
            os.close(watched)

    def _ended(self, how: int) -> int | None:
        pid, status = os.waitpid(self.pid, how)
        self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode


def _live(name: str, job: Callable[[], object], *, mask: Iterable[int]) -> NoReturn:
    """The life of the copy: nothing of its parent's but the memory. Never returns: the parent's frames are not ours to end."""
    code = 1
    try:
        _begin_alone(name, mask=mask)
        job()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except Exception:
        log.exception("defect: this process ends", name=name)
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _begin_alone(name: str, *, mask: Iterable[int]) -> None:
    os.setsid()  # Ctrl-C is for the parent alone: it stops us in order
    die_with_parent()
    _prctl(_PR_SET_NAME, name.encode()[:15])
    # no object that holds one of these is ever let go: the frames of the parent stay as they were
    os.closerange(FIRST_FD, LAST_FD)
    os.closerange(0, 1)
    os.open(os.devnull, os.O_RDONLY)  # the lowest that is free: the standard input
    signal.set_wakeup_fd(-1)
    for number in _OURS:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def die_with_parent() -> None:
    """Linux tells us to stop when our parent dies, even by SIGKILL."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _prctl(what: int, value: int | bytes) -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(what, value)
