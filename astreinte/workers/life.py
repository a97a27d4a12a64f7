"""How every worker starts, and what it does about a database that is locked, full or away."""

import os
from collections.abc import Callable
from typing import Any

import structlog
from django.db import connection, connections
from django.db.utils import DatabaseError, InterfaceError

log = structlog.get_logger()
# A sign of life is written this often; the doors call a worker late after 15 s, the auditor after 60 s.
BEAT_S = 5.0
# After a refusal of the database: 0.2 s, then twice as long each time, 5 s at most.
FIRST_PAUSE_S, LAST_PAUSE_S = 0.2, 5.0
TROUBLE = (DatabaseError, InterfaceError)


def begin() -> None:
    """Django, ready; and for each thread a connection of its own, kept: a pool would let a slow channel hold everybody's."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astreinte.config.settings")
    django.setup()
    settings = connections.settings["default"]
    settings["OPTIONS"].pop("pool", None)
    settings["CONN_MAX_AGE"] = None


class Patience:
    """How long to wait before the database is asked again."""

    def __init__(self) -> None:
        self._next_s = FIRST_PAUSE_S

    def turn(self, work: Callable[[], float]) -> float:
        """Do a turn and answer how long to pause after it: what the work says, or the pause after a refusal.

        Nothing that goes wrong in a turn ends the worker: it is logged, and the next turn tries again.
        """
        try:
            pause = work()
        except TROUBLE as refusal:
            forget_connection()
            pause, self._next_s = self._next_s, min(self._next_s * 2, LAST_PAUSE_S)
            log.warning("database unavailable: this turn is skipped", error=str(refusal), pause_s=pause)
            return pause
        except Exception:
            log.exception("defect in a turn: the next one goes on")
            return 1.0
        self._next_s = FIRST_PAUSE_S
        return pause


def forget_connection() -> None:
    """Close the connection of this thread: the next query opens a new one."""
    try:
        connection.close()
    except TROUBLE:
        connection.connection = None


def guarded(name: str, work: Callable[..., Any], *args: Any, **options: Any) -> bool:
    """Do one thing among many; when it is defective the others go on. Trouble of the database is everybody's: it passes."""
    try:
        work(*args, **options)
    except TROUBLE:
        raise
    except Exception:
        log.exception("defect: set aside, the others go on", what=name)
        return False
    return True
