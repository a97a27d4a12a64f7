"""Wake the pager after the commit, on this machine and on the others. Only a wake-up: its tick is the safety net.

NOTIFY on PostgreSQL (sent by the commit itself), a datagram on SQLite (sent just after it).
"""

import contextlib
import socket
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

CHANNEL = "astreinte_pager"


def folder() -> Path:
    """Where the workers of this machine listen, one socket each."""
    return Path(settings.DATA) / "wake"


def pager() -> None:
    """Say that something is due now; heard when, and only if, this transaction is committed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    else:
        transaction.on_commit(_datagrams, robust=True)


def _datagrams() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for listener in folder().glob("*.sock"):
            with contextlib.suppress(OSError):  # a dead worker's socket, or one already full of wake-ups
                sender.sendto(b"!", str(listener))
