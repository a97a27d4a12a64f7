"""Sessions in the database, looked up only by what may be one of our keys."""

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Django's. A quoted cookie may hold a null character, and PostgreSQL refuses even to look for it."""

    def _validate_session_key(self, key: Any) -> bool:
        return bool(key) and len(key) >= 8 and key.isascii() and key.isalnum()  # noqa: PLR2004 - as Django asks
