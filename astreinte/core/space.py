"""Proof that the database has room for more: what it rewrites in place goes on for hours on a disk that is full."""

import os
import tempfile
from pathlib import Path

from django.db import connection, transaction
from django.db.utils import OperationalError, ProgrammingError

PROVED_BYTES = 1 << 20
# PostgreSQL keeps a row of one number in some 36 bytes.
_NUMBERS = PROVED_BYTES // 36


def prove() -> None:
    """A megabyte is taken where the tables are, and given back. Raises OperationalError where it is refused (reliability, F7)."""
    if connection.vendor == "sqlite":
        _prove_folder(Path(connection.settings_dict["NAME"]).parent)
    else:
        _prove_tables()


def _prove_folder(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            os.posix_fallocate(file.fileno(), 0, PROVED_BYTES)
    except OSError as error:
        raise OperationalError(f"no room in the folder of the database: {error.strerror}") from error


def _prove_tables() -> None:
    """A table that is taken back, on the disk of all others. A role that may make none proves nothing, and is let be."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL temp_tablespaces = ''")
            cursor.execute(f"CREATE TEMPORARY TABLE room AS SELECT generate_series(1, {_NUMBERS})")
            transaction.set_rollback(True)
    except ProgrammingError:
        return
