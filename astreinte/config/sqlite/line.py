"""The threads of one process that wait for one thing, in the order in which they came."""

import threading
from collections import deque


class Line:
    """A lock that is handed to whoever waits longest. `threading.Lock` lets the thread that gives it take it again first."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def enter(self, *, within_s: float) -> bool:
        """Wait for our turn, asleep. False when it did not come in time."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        return mine.acquire(timeout=within_s) or not self._gave_up(mine)

    def _gave_up(self, mine: threading.Lock) -> bool:
        """Step out; False when the turn came at the last moment."""
        with self._guard:
            if mine not in self._waiting:
                return False
            self._waiting.remove(mine)
            return True

    def leave(self) -> None:
        """Hand it to the next one."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
