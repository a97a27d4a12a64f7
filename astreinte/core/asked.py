"""The instant of a look, as its runner was told: what looks deep inside a conversation takes the time from here, never from the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

_asked_at: ContextVar[datetime] = ContextVar("_asked_at")


def asked_at() -> datetime:
    """The instant of this look. Raises LookupError outside of one."""
    return _asked_at.get()


@contextmanager
def asking(at: datetime) -> Iterator[None]:
    """A look, made at this instant."""
    token = _asked_at.set(at)
    try:
        yield
    finally:
        _asked_at.reset(token)
