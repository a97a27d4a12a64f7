"""What the business configures (tariffs, policies, rotas, people and their rights) is read once and kept until somebody changes it.

The stamp is a row: whoever changes the configuration writes a new one in the same transaction, and every process sees it at its
next question, by one read of one row. Without a stamp (nothing was ever applied) nothing is kept.
"""

import threading
import uuid
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection

from astreinte.core.models import ConfigurationStamp

# Answers kept of one question; past that all are forgotten: a door must not fill the memory with what strangers ask.
MOST = 10_000

P = ParamSpec("P")
R = TypeVar("R")
_SQL = f'SELECT stamp FROM "{ConfigurationStamp._meta.db_table}" WHERE id = 1'  # noqa: S608, SLF001 - our own table's name


class _Steady(threading.local):
    """The flow of this thread: how deep it is nested, and the stamp it goes by once it has asked."""

    depth = 0
    stamp: str | None = None


_steady = _Steady()


@contextmanager
def steady() -> Iterator[None]:
    """Until the end, the configuration is what it was at the first question: a flow decides by one state of it, read once."""
    _steady.depth += 1
    try:
        yield
    except BaseException:
        _steady.stamp = None  # what it had changed was taken back
        raise
    finally:
        _steady.depth -= 1
        if not _steady.depth:
            _steady.stamp = None


def changed() -> None:
    """Say that the configuration is not what it was. A random stamp: one that was rolled back never comes again."""
    _steady.stamp = None
    ConfigurationStamp.objects.update_or_create(id=1, defaults={"stamp": uuid.uuid4().hex})


def _stamp() -> str | None:
    if not _steady.depth:
        return _read()
    if _steady.stamp is None:
        _steady.stamp = _read()
    return _steady.stamp


def _read() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(_SQL)
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
