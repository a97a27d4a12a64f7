"""SQLite does not queue its writers, it lets them starve: here they take turns on a lock file, for 5 s at most.

The journal follows the SQLite linked: the WAL-reset bug can corrupt a database in WAL mode from 3.7.0 to 3.51.2
(fixed in 3.51.3, and in 3.50.7 and 3.44.6), so an affected one gets a rollback journal. `synchronous` is never under FULL:
we answered "your ticket is registered", and a power cut must not make that false.
"""

import fcntl
import os
import sqlite3
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

PATIENCE_S = 5.0


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset bug."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)


def pragmas(version: tuple[int, int, int]) -> str:
    """The statements every connection starts with."""
    journal = ("WAL", "FULL") if wal_is_safe(version) else ("DELETE", "EXTRA")
    return f"PRAGMA journal_mode={journal[0]}; PRAGMA synchronous={journal[1]}; PRAGMA busy_timeout=5000;"


class Turn:
    """The lock file that writers of one database hold, one at a time."""

    def __init__(self, path: str) -> None:
        self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.held = False

    def take(self) -> None:
        """Wait for our turn. Raises OperationalError after PATIENCE_S: the door answers 503 and says to try again."""
        waited = 0.0
        while not self._try():
            if waited > PATIENCE_S:
                raise OperationalError("database is locked: another writer has held its turn for too long")
            pause = 0.0002 if waited < 0.01 else 0.001  # noqa: PLR2004 - short waits are the rule
            time.sleep(pause)
            waited += pause

    def _try(self) -> bool:
        if not self.held:
            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self.held = True
        return True

    def give(self) -> None:
        """Let the next writer in."""
        if self.held:
            self.held = False
            fcntl.flock(self.file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Forget the file; closing gives the turn back too."""
        self.held = False
        os.close(self.file)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, plus the turn around every transaction and the journal above."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: Turn | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.executescript(pragmas(sqlite3.sqlite_version_info))
        return connection

    @property
    def is_wal_safe(self) -> bool:
        """Whether the SQLite linked may write in WAL mode."""
        return wal_is_safe(sqlite3.sqlite_version_info)

    def _my_turn(self) -> Turn | None:
        if self._turn is None and not self.is_in_memory_db():
            self._turn = Turn(f"{self.settings_dict['NAME']}.turn")
        return self._turn

    def _start_transaction_under_autocommit(self) -> None:
        turn = self._my_turn()
        if turn:
            turn.take()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _give_turn(self) -> None:
        if self._turn:
            self._turn.give()

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            if self._turn:
                self._turn.close()
                self._turn = None
