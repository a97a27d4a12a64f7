"""One flow, one transaction: all of it or nothing."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")


def all_or_nothing(flow: Callable[P, R]) -> Callable[P, R]:
    """Run a flow in one transaction. A flow called by another joins it."""

    @wraps(flow)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic():
            return flow(*args, **kwargs)

    return wrapped
