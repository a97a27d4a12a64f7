"""SQLite does not queue its writers, it lets them starve: here they take turns on a lock file, for 5 s at most.

The journal follows the SQLite linked: the WAL-reset bug can corrupt a database in WAL mode from 3.7.0 to 3.51.2
(fixed in 3.51.3, and in 3.50.7 and 3.44.6), so an affected one gets a rollback journal. `synchronous` is never under FULL:
we answered "your ticket is registered", and a power cut must not make that false.
"""

import fcntl
import os
import sqlite3
import time
from functools import cache, lru_cache
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from astreinte.config.sqlite.line import Line

PATIENCE_S = 5.0
TOO_LONG = "database is locked: another writer has held its turn for too long"


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset bug."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)


def pragmas(version: tuple[int, int, int]) -> str:
    """The statements every connection starts with."""
    journal = ("WAL", "FULL") if wal_is_safe(version) else ("DELETE", "EXTRA")
    return f"PRAGMA journal_mode={journal[0]}; PRAGMA synchronous={journal[1]}; PRAGMA busy_timeout=5000;"


class Turn:
    """The lock file that writers of one database hold, one at a time, and the file of the one who is next.

    Without a next one, whoever writes in a loop takes its own turn again before anybody who waits wakes up: with four of them
    the unlucky one waited 3 s. It now meets the next one first, and waits like everybody.

    The threads of one process stand in a line before that, asleep: a file is waited for by asking again and again, and a dozen
    threads that ask keep the one that writes from its interpreter. With 20 tickets a second a page then rang after 2 s.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self.file = os.open(path, flags, 0o600)
        self.next = os.open(f"{path}.next", flags, 0o600)
        self.held = False

    def take(self) -> None:
        """Wait for our turn. Raises OperationalError after PATIENCE_S: the door answers 503 and says to try again."""
        if self.held:
            return
        end = time.monotonic() + PATIENCE_S
        line = _line(self.path, os.getpid())
        if not line.enter(within_s=PATIENCE_S):
            raise OperationalError(TOO_LONG)
        try:
            self._wait(end)
        finally:
            if not self.held:
                line.leave()

    def _wait(self, end: float) -> None:
        _wait_for(self.next, pause_s=0.0005, end=end)
        try:
            _wait_for(self.file, pause_s=0.0002, end=end)
            self.held = True
        finally:
            fcntl.flock(self.next, fcntl.LOCK_UN)

    def give(self) -> None:
        """Let the next writer in."""
        if self.held:
            self.held = False
            fcntl.flock(self.file, fcntl.LOCK_UN)
            _line(self.path, os.getpid()).leave()

    def close(self) -> None:
        """Forget the files; that gives the turn back too."""
        self.give()
        os.close(self.file)
        os.close(self.next)


@cache
def _line(_path: str, _process: int) -> Line:
    """One for each database; a process that was forked has its own."""
    return Line()


def _wait_for(file: int, *, pause_s: float, end: float) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise OperationalError(TOO_LONG) from None
            time.sleep(pause_s)
        else:
            return


class Cursor(base.SQLiteCursorWrapper):
    """Django's, which turns its placeholders into those of SQLite; here once for each statement."""

    @staticmethod
    @lru_cache(maxsize=1024)
    def _with_question_marks(query: str) -> str:
        return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        if param_names is None:
            return self._with_question_marks(query)
        return str(super().convert_query(query, param_names=param_names))


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, plus the turn around every transaction and the journal above."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: Turn | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.executescript(pragmas(sqlite3.sqlite_version_info))
        return connection

    def create_cursor(self, name: str | None = None) -> Any:  # noqa: ARG002 - Django's signature
        return self.connection.cursor(factory=Cursor)

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
