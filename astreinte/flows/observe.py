"""Monitoring looked: what turned is an incident at once, and its page rings before any customer has to open a ticket."""

from collections.abc import Iterable
from datetime import datetime

from astreinte.core.moves import CannotMove
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import call_for_trouble, escalate, recover
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring import queries as watched
from astreinte.monitoring.models import Check, Incident
from astreinte.monitoring.rules import Seen, Turn


def claimed(*, at: datetime, limit: int) -> list[Check]:
    """The checks this prober looks at now; nobody else does until their next time."""
    due = watched.due(at=at, limit=limit)
    return _claimed(due, at=at) if due else []


@all_or_nothing
def _claimed(due: list[Check], *, at: datetime) -> list[Check]:
    return monitoring.claim(due, at=at)


@all_or_nothing
def results(found: Iterable[Seen]) -> int:
    """Write these results; what went down or came back has its incident in the same transaction. Answers how many turned."""
    told = list(found)
    known = watched.watched_among(seen.check for seen in told)
    about = [seen for seen in told if seen.check in known]
    monitoring.keep(about)
    return sum(_result(known[seen.check], seen) for seen in about)


def _result(check: Check, seen: Seen) -> bool:
    try:
        turn = monitoring.record(check, seen)
    except CannotMove:
        return False  # another prober said so first
    if turn is Turn.WENT_DOWN:
        down(check, at=seen.at)
    elif turn is Turn.CAME_BACK:
        recover.check(check, at=seen.at)
    return turn is not Turn.NOTHING


def down(check: Check, *, at: datetime) -> Incident | None:
    """A check is down: its incident, and its page. None while a maintenance explains it, or when there already is one."""
    if watched.is_maintained(check.server, at=at) or watched.open_of(check):
        return None
    return call_for_trouble.begins(call_for_trouble.of_check(check), last=watched.last_of(check), at=at)


def left_down(*, at: datetime) -> int:
    """What is down and rings nobody: a maintenance has ended, or a worker died in between. Answers how many incidents that made."""
    return sum(_opened(pk, at=at) for pk in watched.left_down(at=at))


@all_or_nothing
def _opened(pk: int, *, at: datetime) -> bool:
    check = watched.check_now(pk)
    return check is not None and check.state == "down" and down(check, at=at) is not None


def unheard(*, at: datetime) -> int:
    """What came and went too often to ring, and has stayed since, rings now. Answers how many."""
    return sum(_heard(incident, at=at) for incident in watched.unheard(at=at))


@all_or_nothing
def _heard(incident: Incident, *, at: datetime) -> bool:
    trouble = call_for_trouble.of_incident(incident)
    if trouble is None:
        return False
    page = call_for_trouble.new_page(trouble, at=at)
    monitoring.attach_page(incident, page, at=at)
    escalate.first(page, at=at)
    return True
