"""What the business configures (tariffs, policies, rotas, people and their rights) is read once and kept until somebody changes it.

The stamp is a row: whoever changes the configuration writes a new one in the same transaction, and every process sees it at its
next question, by one read of one row. Without a stamp (nothing was ever applied) nothing is kept.
"""

import uuid
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection

from astreinte.core.models import ConfigurationStamp

# Answers kept of one question; past that all are forgotten: a door must not fill the memory with what strangers ask.
MOST = 10_000

P = ParamSpec("P")
R = TypeVar("R")
_READ = f'SELECT stamp FROM "{ConfigurationStamp._meta.db_table}" WHERE id = 1'  # noqa: S608, SLF001 - our own table's name


def changed() -> None:
    """Say that the configuration is not what it was. A random stamp: one that was rolled back never comes again."""
    ConfigurationStamp.objects.update_or_create(id=1, defaults={"stamp": uuid.uuid4().hex})


def _stamp() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        row = cursor.fetchone()
    return row[0] if row else None


def remembered(question: Callable[P, R]) -> Callable[P, R]:
    """Keep the answers of a question about the configuration while the stamp is the same. They are read, never changed."""
    kept: dict[Hashable, R] = {}
    of: list[str | None] = [None]

    @wraps(question)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        stamp = _stamp()
        if stamp is None:
            return question(*args, **kwargs)
        if of[0] != stamp or len(kept) >= MOST:
            kept.clear()
            of[0] = stamp
        key: Any = (stamp, args, tuple(sorted(kwargs.items())))
        try:
            return kept[key]  # another thread may forget them all at any moment
        except KeyError:
            found = kept[key] = question(*args, **kwargs)
            return found

    return answer
