"""Somebody follows an incident, for free and with nothing to accept: they are e-mailed what is said about it, until it is over."""

from datetime import datetime

from astreinte.accounts.models import User
from astreinte.core.actors import SYSTEM
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring.models import Incident
from astreinte.tickets.models import Ticket


class AlreadyOver(Refusal):
    """This incident is over: there is nothing more to follow."""

    slug = "not-open"


@all_or_nothing
def follow(incident: Incident, *, person: User, at: datetime) -> bool:
    """From now on. Twice is once; False when they already did. The door has made sure that they see it."""
    if incident.state != "open":
        raise AlreadyOver
    return monitoring.follow(incident, person=person, by=person.actor, at=at)


@all_or_nothing
def unfollow(incident: Incident, *, person: User, at: datetime) -> bool:
    """No more of it, at any time. False when they did not."""
    return monitoring.unfollow(incident, person=person, by=person.actor, at=at)


@all_or_nothing
def with_ticket(ticket: Ticket, incident: Incident, *, at: datetime) -> None:
    """Whoever opened a ticket about it wants to know: they follow by themselves."""
    monitoring.follow(incident, person=ticket.opened_by, by=SYSTEM, at=at)
