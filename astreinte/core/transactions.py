"""One flow, one transaction: all of it or nothing."""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection, transaction
from django.db.utils import IntegrityError, InterfaceError, OperationalError

from astreinte.core import configuration

# A write about something that has already happened outside is tried again after these pauses, in seconds; each try may itself
# wait 5 s for its turn. Past that the lease of what is being written has ended, and whoever adopts it asks the provider.
PAUSES_S = (0.1, 0.3, 1.0, 3.0)

P = ParamSpec("P")
R = TypeVar("R")


def all_or_nothing(flow: Callable[P, R]) -> Callable[P, R]:
    """Run a flow in one transaction. A flow called by another joins it."""

    @wraps(flow)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(), configuration.steady():
            return flow(*args, **kwargs)

    return wrapped


def yields_to_twin(flow: Callable[P, R]) -> Callable[P, R]:
    """When a twin of this flow was faster (a unique constraint says so), run again, once: it then finds what the twin wrote.

    For flows that look for their own work first: a double click, a retry (reliability, F13).
    """

    @wraps(flow)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return flow(*args, **kwargs)
        except IntegrityError:
            return flow(*args, **kwargs)

    return wrapped


def insist(flow: Callable[P, R]) -> Callable[P, R]:
    """Try this flow again while the database is locked or away: what it writes has already happened outside (reliability, F5)."""

    @wraps(flow)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        for pause in () if connection.in_atomic_block else PAUSES_S:
            try:
                return flow(*args, **kwargs)
            except (OperationalError, InterfaceError):
                connection.close()
                time.sleep(pause)
        return flow(*args, **kwargs)

    return wrapped
