"""Who was erased, in a file beside the database and in no backup of it: restoring an old backup brings nobody back (decision 0030).

A line names nobody: the key of an account and a keyed digest of its address, so that a key that was given again erases nobody else.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from astreinte.accounts.models import User
from astreinte.core.refusals import gettext_noop

# The address of an account that is nobody's any more.
ERASED = "@erased.invalid"
_SALT = "astreinte.erased"
# What stands in place of their name, and of their words where a screen needs some.
NOBODY = gettext_noop("Erased person")
INSTEAD = gettext_noop("Erased, on request")


@dataclass(frozen=True, kw_only=True)
class Erased:
    """A line of the file."""

    user: int
    digest: str
    at: str
    why: str


def words(language: str) -> tuple[str, str]:
    """In place of a name, and of words, in this language."""
    with translation.override(language):
        return _(NOBODY), _(INSTEAD)


def path() -> Path:
    """Where it is: in the data folder."""
    return Path(settings.DATA) / "erased.jsonl"


def write(user: User, *, why: str, at: datetime) -> None:
    """One line more, on the disk before this returns."""
    line = {"user": user.pk, "digest": _digest(user.email), "at": at.isoformat(), "why": why}
    found = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(found, "a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def lines() -> list[Erased]:
    """What the file says; nothing without one. Raises ValueError, TypeError: it is not ours."""
    try:
        content = path().read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [Erased(**json.loads(line)) for line in content.splitlines() if line]


def is_erased(user: User) -> bool:
    """Whether this account is nobody's any more."""
    return user.email.endswith(ERASED)


def are_back() -> list[tuple[User, Erased]]:
    """Who was erased and is in the database again: a backup of before was restored."""
    found = {line.user: line for line in lines()}
    users = User.objects.filter(pk__in=list(found)).order_by("pk")
    return [
        (user, found[user.pk]) for user in users if constant_time_compare(_digest(user.email), found[user.pk].digest)
    ]


def _digest(email: str) -> str:
    return salted_hmac(_SALT, email.strip().lower(), algorithm="sha256").hexdigest()
