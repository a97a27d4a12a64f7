"""What somebody has typed and not sent yet, kept in their session under the key of the ticket it may become.

Every screen of the journey is a GET of this draft, so that the back button, a reload or a refusal loses nothing.
"""

from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

# The last few only: a session is a row, and a text may have 20,000 characters.
KEPT = 5
_NAME = "drafts"


def keep(session: SessionBase, key: UUID, typed: dict[str, str]) -> None:
    """Remember this under its key; the oldest ones go."""
    drafts = {name: draft for name, draft in session.get(_NAME, {}).items() if name != str(key)}
    session[_NAME] = dict([*drafts.items(), (str(key), typed)][-KEPT:])


def find(session: SessionBase, key: UUID) -> dict[str, Any] | None:
    """What was typed under this key, if it is still known."""
    found: dict[str, Any] | None = session.get(_NAME, {}).get(str(key))
    return found


def is_rehearsal(typed: dict[str, Any]) -> bool:
    """Whether this draft is of a rehearsal."""
    return typed.get("rehearsal") == "True"
