"""A pause that a signal, another thread or a listener can end: how every worker waits."""

import selectors
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Protocol

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Listener(Protocol):
    """Something with a file descriptor that may have news."""

    def fileno(self) -> int:
        """The descriptor to watch."""

    def hear(self) -> None:
        """Empty it."""


class Bell:
    """`ring` ends the pause, from anywhere; `stop` ends it for good."""

    def __init__(self) -> None:
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._far.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._near, selectors.EVENT_READ, self._emptied)
        self.stopping = False
        self._on_signals = False

    def ring(self) -> None:
        """End the pause that is going on, or the next one."""
        with suppress(OSError):  # full: it rings already; closed: nobody waits any more
            self._far.send(b"!")

    def stop(self) -> None:
        """End the pause, and all those to come."""
        self.stopping = True
        self.ring()

    def stops_on_signals(self) -> None:
        """SIGTERM and Ctrl-C stop it. For the main thread of a process."""
        self._on_signals = True
        signal.set_wakeup_fd(self._far.fileno(), warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            signal.signal(number, self._told_to_stop)

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True  # the byte that ends the pause was written by Python itself

    def add(self, listener: Listener) -> None:
        """Listen to this one too."""
        self._selector.register(listener, selectors.EVENT_READ, listener.hear)

    def remove(self, listener: Listener) -> None:
        """Listen to this one no more. To be called before its descriptor is closed."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(listener)

    def wait(self, seconds: float) -> bool:
        """Pause until something is heard, `seconds` at most. True when something was."""
        if self.stopping:
            return True
        heard: list[Callable[[], None]] = [key.data for key, _events in self._selector.select(max(0.0, seconds))]
        for hear in heard:
            hear()
        return bool(heard)

    def _emptied(self) -> None:
        with suppress(BlockingIOError):
            while self._near.recv(1024):
                pass

    def close(self) -> None:
        """Give the descriptors back."""
        if self._on_signals:
            signal.set_wakeup_fd(-1)
        self._selector.close()
        self._near.close()
        self._far.close()
