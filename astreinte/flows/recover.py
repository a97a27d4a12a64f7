"""What was down is up again: its incident is resolved, and nobody is rung for it any more."""

from collections.abc import Iterable
from datetime import datetime

from astreinte.accounts.models import User
from astreinte.core.actors import SYSTEM, Actor
from astreinte.core.moves import CannotMove
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import announce, same_trouble, tell
from astreinte.flows.acknowledge import ASKING
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring import queries as watched
from astreinte.monitoring import sources
from astreinte.monitoring.models import Alert, Check, Incident, PublicMessage
from astreinte.notifications import actions as notifications
from astreinte.paging import actions as paging


class NoLongerOpen(Refusal):
    """This incident is already resolved."""

    slug = "not-open"


def check(check: Check, *, at: datetime) -> Incident | None:
    """This check came back, in the transaction of whoever saw it. None when no incident was about it, or another source says it fails."""
    incident = watched.open_of(check)
    if incident is None:
        return None
    sources.hold([incident.pk])
    return None if sources.is_held(incident) else _over(incident, by=SYSTEM, name="", at=at)


def alerts(taken_back: Iterable[Alert], *, at: datetime) -> list[Incident]:
    """The source takes these back, in its transaction: the incidents that nobody else says are in progress are over."""
    concerned = {alert.incident_id for alert in taken_back if alert.incident_id}
    sources.hold(concerned)
    return [_over(incident, by=SYSTEM, name="", at=at) for incident in sources.over(concerned)] if concerned else []


class StillFails(Refusal):
    """The check still fails: the incident is resolved by itself once it passes. Plan a maintenance if this is expected."""

    slug = "still-failing"


@all_or_nothing
def by_hand(incident: Incident, *, by: User, at: datetime) -> Incident:
    """A person of the staff says that it is over; not while the check behind it says otherwise."""
    if incident.of_check and incident.of_check.state == "down" and incident.of_check.is_watched:
        raise StillFails
    if sources.is_held_by_silence(incident):
        raise StillFails
    sources.hold([incident.pk])
    monitoring.silence_all(incident, at=at)
    try:
        if incident.state == "suspected":
            return monitoring.dismiss(incident, by=by.actor, at=at)
        return _over(incident, by=by.actor, name=by.name, at=at)
    except CannotMove as late:
        raise NoLongerOpen from late


class NotTheLastWord(Refusal):
    """Only the stage “it is over” ends the incident with the message: choose it, or leave the incident open."""

    slug = "not-the-last-word"
    status = 422


@all_or_nothing
def with_words(incident: Incident, what: announce.Words, *, by: User, at: datetime) -> PublicMessage:
    """The last word, and the end: both, or neither while a check says otherwise."""
    if what.stage != announce.RESOLVED:
        raise NotTheLastWord
    told = announce.message(incident, what, by=by, at=at)
    if incident.state == "open":
        by_hand(incident, by=by, at=at)
    return told


def _over(incident: Incident, *, by: Actor, name: str, at: datetime) -> Incident:
    page = incident.page
    if page:
        paging.hold(page)
    monitoring.resolve(incident, by=by, at=at)
    if page and page.state != "closed":
        paging.close(page, because="recovered", by=by, at=at)
        notifications.withdraw(page.story, kinds=ASKING, at=at)
        tell.already_rung(page, kind="page_recovered", by_name=name, except_for=None, at=at)
    same_trouble.over(incident, at=at)
    announce.over(incident, at=at)
    return incident
