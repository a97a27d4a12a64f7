"""A case ends by itself once nothing more can happen to it: nobody reopened it, and its verdict can no longer be contested."""

from datetime import datetime

from astreinte.core.actors import SYSTEM
from astreinte.core.moves import CannotMove
from astreinte.core.transactions import all_or_nothing
from astreinte.tickets import actions as tickets
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Ticket


def due(*, at: datetime) -> int:
    """Close what is over. Answers how many."""
    return sum(_closed(ticket, at=at) for ticket in cases.to_close(at=at))


@all_or_nothing
def _close(ticket: Ticket, *, at: datetime) -> None:
    tickets.close(ticket, by=SYSTEM, at=at)


def _closed(ticket: Ticket, *, at: datetime) -> bool:
    try:
        _close(ticket, at=at)
    except CannotMove:
        return False  # another keeper was faster, or somebody reopened it
    return True
