"""Monitoring looked: what turned is an incident at once, and its page rings before any customer has to open a ticket."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from astreinte.core.moves import CannotMove
from astreinte.core.transactions import all_or_nothing, yields_to_twin
from astreinte.flows import call_for_trouble, escalate, recover
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring import queries as watched
from astreinte.monitoring import sighting, vantage
from astreinte.monitoring.models import Check, Incident, Sight, Site
from astreinte.monitoring.rules import Seen, Turn

NONE = timedelta()


@all_or_nothing
def claimed(*, at: datetime, limit: int, waited: timedelta = NONE) -> list[Check]:
    """The checks this prober looks at now, of those that have waited so long; nobody else does until their next time."""
    checks = watched.due(at=at - waited, limit=limit)
    monitoring.claim(checks, at=at)
    return checks


def abandoned(*, at: datetime) -> int:
    """Claimed by a prober that died before it said what it saw: they are looked at again at once. Answers how many."""
    return _let_go(at=at) if watched.are_abandoned(at=at) else 0


@yields_to_twin  # another source may say the same at the same instant
@all_or_nothing
def _let_go(*, at: datetime) -> int:
    return monitoring.let_go(before=at - watched.CLAIM, at=at)


@all_or_nothing
def results(found: Sequence[Seen], *, site: Site | None = None) -> int:
    """Write these results; what went down or came back has its incident in the same transaction. Answers how many turned.

    `site` is where they come from; None is the desk itself.
    """
    known = watched.watched_among(seen.check for seen in found)
    about = [seen for seen in found if seen.check in known]
    monitoring.keep(about, site=site)
    if site or vantage.are_several():
        return _from_one_of_several(about, known, site=site)
    looks: monitoring.Unmoved = {}
    turned = sum(_result(known[seen.check], seen, looks) for seen in about)
    monitoring.unmoved(looks)
    return turned


@all_or_nothing
def past(found: Sequence[Seen], *, site: Site | None = None) -> None:
    """Results told so late that they say nothing of now: they go to the history, and open no incident for the past."""
    known = watched.watched_among(seen.check for seen in found)
    monitoring.keep([seen for seen in found if seen.check in known], site=site)


def _result(check: Check, seen: Seen, looks: monitoring.Unmoved) -> bool:
    try:
        turn = monitoring.record(check, seen, looks=looks)
    except CannotMove:
        return False  # another prober said so first
    return _turned(check, turn, at=seen.at)


def _turned(check: Check, turn: Turn, *, at: datetime) -> bool:
    if turn is Turn.WENT_DOWN:
        down(check, at=at)
    elif turn is Turn.CAME_BACK:
        recover.check(check, at=at)
    return turn is not Turn.NOTHING


# -- several places --------------------------------------------------------------------------------------------------------


def _from_one_of_several(about: list[Seen], known: dict[int, Check], *, site: Site | None) -> int:
    if not about:
        return 0
    here = site or sighting.main(at=about[0].at)
    sights = vantage.sights(known)
    among = vantage.voters(at=max(seen.at for seen in about))
    turned = 0
    for seen in about:
        check, theirs = known[seen.check], sights[seen.check]
        theirs[here.pk] = sighting.sighted(check, seen, site=here, before=theirs.get(here.pk))
        sighting.looked(check, seen)
        if theirs[here.pk].believed != check.state:
            turned += _agreed(check, theirs, among=among, at=seen.at)
    return turned


def _agreed(check: Check, theirs: dict[int, Sight], *, among: set[int], at: datetime) -> bool:
    state = vantage.agreed(check, theirs.values(), among=among, at=at)
    why = next((sight for sight in theirs.values() if sight.believed == state), None)
    try:
        turn = sighting.agree(check, state, saw=why, at=at)
    except CannotMove:
        return False
    return _turned(check, turn, at=at)


def doubts(*, at: datetime) -> int:
    """A place fell silent, is blind or sees again: what the others agree on may be another state. Answers how many turned."""
    return sum(_doubt(pk, at=at) for pk in vantage.in_doubt())


@all_or_nothing
def _doubt(pk: int, *, at: datetime) -> bool:
    check = watched.check_now(pk)
    if check is None:
        return False
    return _agreed(check, vantage.sights([pk])[pk], among=vantage.voters(at=at), at=at)


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
