"""What wakes a worker: a datagram on this machine, NOTIFY from PostgreSQL. Its tick is the safety net of both."""

import itertools
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from django.db import connection
from django.db.utils import DatabaseError

from astreinte.core import clock, wake
from astreinte.workers.bell import Bell

log = structlog.get_logger()
# A database that went away is asked again this often for its news; meanwhile the tick finds them.
AGAIN_S = 2.0
_numbers = itertools.count()


class Datagrams:
    """A socket in the wake folder, as long as this worker lives."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _bury(folder)
        number = next(_numbers)
        self.path = folder / (f"{os.getpid()}-{number}.sock" if number else f"{os.getpid()}.sock")
        self.path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(str(self.path))

    def fileno(self) -> int:
        """The descriptor to watch."""
        return self._socket.fileno()

    def hear(self) -> None:
        """Many wake-ups are one."""
        with suppress(BlockingIOError):
            while self._socket.recv(16):
                pass

    def close(self) -> None:
        """Leave the folder."""
        self._socket.close()
        self.path.unlink(missing_ok=True)


def _bury(folder: Path) -> None:
    """Remove the sockets of processes that are gone: each would cost every wake-up a failed call."""
    for path in folder.glob("*.sock"):
        owner = path.stem.partition("-")[0]
        if owner.isdecimal() and not Path(f"/proc/{owner}").exists():
            path.unlink(missing_ok=True)


class Notices:
    """LISTEN on a connection of its own: one that waits is of no use to anybody else."""

    def __init__(self, channel: str) -> None:
        import psycopg

        given = connection.get_connection_params()
        for of_django in ("context", "cursor_factory", "prepare_threshold"):
            given.pop(of_django, None)
        with connection.wrap_database_errors:
            self._connection = psycopg.connect(
                **{"connect_timeout": 5, "keepalives_idle": 30, **given}, autocommit=True
            )
            self._connection.execute(f"LISTEN {channel}")

    def fileno(self) -> int:
        """The descriptor to watch."""
        return self._connection.fileno()

    def hear(self) -> None:
        """Many notices are one. Raises Django's OperationalError when the server is gone."""
        with connection.wrap_database_errors:
            for _notice in self._connection.notifies(timeout=0):
                pass

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class Ears:
    """Both, on the bell of one worker; a lost one is found again while the tick goes on."""

    def __init__(self, bell: Bell, who: str = wake.PAGER) -> None:
        self._bell, self._who = bell, who
        self._listener: Any = None
        self._try_at = 0.0
        self._heard = True

    def open(self) -> None:
        """Start listening, or again after the database went away. Never raises: the tick does without."""
        if self._listener is not None or clock.monotonic() < self._try_at:
            return
        self._try_at = clock.monotonic() + AGAIN_S
        try:
            postgresql = connection.vendor == "postgresql"
            self._listener = Notices(wake.channel(self._who)) if postgresql else Datagrams(wake.folder(self._who))
            self._bell.add(self)
        except (OSError, DatabaseError) as error:
            log.warning("no wake-ups for now: the tick goes on", error=str(error))

    def fileno(self) -> int:
        """The descriptor to watch."""
        return int(self._listener.fileno())

    def hear(self) -> None:
        """Empty it; when it broke, forget it."""
        self._heard = True
        try:
            self._listener.hear()
        except (OSError, DatabaseError) as error:
            log.warning("wake-ups were cut: the tick goes on", error=str(error))
            self.close()

    def news(self) -> bool:
        """Whether anybody called since this was last asked."""
        heard, self._heard = self._heard, False
        return heard

    def close(self) -> None:
        """Stop listening."""
        listener, self._listener = self._listener, None
        if listener is not None:
            self._bell.remove(self)
            with suppress(OSError, DatabaseError):
                listener.close()
