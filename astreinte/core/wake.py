"""Wake a worker after the commit, on this machine and on the others. Only a wake-up: its tick is the safety net.

NOTIFY on PostgreSQL (sent by the commit itself), a datagram on SQLite (sent just after it).
"""

import contextlib
import socket
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

PAGER, PROBER = "pager", "prober"


def channel(who: str) -> str:
    """What PostgreSQL calls the notices of these workers."""
    return f"astreinte_{who}"


def folder(who: str = PAGER) -> Path:
    """Where these workers of this machine listen, one socket each."""
    return Path(settings.DATA) / ("wake" if who == PAGER else f"wake-{who}")


def pager() -> None:
    """Say that something is due now; heard when, and only if, this transaction is committed."""
    _wake(PAGER)


def prober() -> None:
    """Say that something is to be looked at now; heard when, and only if, this transaction is committed."""
    _wake(PROBER)


def _wake(who: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [channel(who)])
    else:
        transaction.on_commit(partial(_datagrams, who), robust=True)


def _datagrams(who: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for listener in folder(who).glob("*.sock"):
            with contextlib.suppress(OSError):  # a dead worker's socket, or one already full of wake-ups
                sender.sendto(b"!", str(listener))
