"""Astreinte: the urgent-ticket desk of a hosting provider."""

import sys

try:
    import pysqlite3
except ImportError:  # the system's SQLite then: config/sqlite.py chooses a safe journal for it
    pass
else:
    # Debian 12 links SQLite 3.40.1, which the WAL-reset bug can corrupt (3.7.0 to 3.51.2): ours is newer.
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
