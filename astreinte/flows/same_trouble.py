"""A ticket and an incident of one server at one time are one trouble: they are linked both ways, and nobody is called twice."""

from datetime import datetime, timedelta

from astreinte.flows import escalate, follow_incident, tell
from astreinte.monitoring import queries as watched
from astreinte.monitoring.models import Incident
from astreinte.paging import actions as paging
from astreinte.paging.models import Page
from astreinte.tickets import actions as tickets
from astreinte.tickets import linked
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Ticket

# A ticket this much older than an incident of its server is about it.
WINDOW = timedelta(minutes=15)
# A call that goes beside another one rings by itself all the same when nobody has answered either by then.
WAITS = timedelta(minutes=10)


def opened(ticket: Ticket, page: Page, *, at: datetime) -> bool:
    """A ticket was opened on a server whose trouble is known: its call goes beside the incident's. False when none is known."""
    incident = watched.covering(ticket.server, covered=ticket.policy.covered if ticket.policy else [])
    if incident is None:
        return False
    _link(ticket, incident, at=at)
    if incident.call is None or incident.call.state == "closed":
        return False
    _beside(page, incident.call, at=at)
    _taken_with(page, at=at)
    return True


def began(incident: Incident, page: Page, *, at: datetime) -> bool:
    """An incident begins on a server whose customers have just told us: its call goes beside theirs. False when nobody did."""
    told = [
        ticket
        for ticket in linked.urgent_on(incident.servers.all(), since=at - WINDOW)
        if ticket.policy and incident.clause in ticket.policy.covered
    ]
    for ticket in told:
        _link(ticket, incident, at=at)
    live = next((ticket.page for ticket in told if ticket.page and ticket.page.state != "closed"), None)
    if live is None:
        return False
    _beside(page, live, at=at)
    return True


def _link(ticket: Ticket, incident: Incident, *, at: datetime) -> None:
    tickets.link(ticket, incident, at=at)
    follow_incident.with_ticket(ticket, incident, at=at)


def _beside(page: Page, other: Page, *, at: datetime) -> None:
    paging.hold(other)  # nobody takes it between the look and the write
    if other.state == "acknowledged" and other.acknowledged_by:
        person = other.acknowledged_by
        paging.acknowledge(page, person=person, via="incident", eta_at=other.eta_at, by=person.actor, at=at)
    else:
        paging.goes_beside(page, until=at + WAITS, at=at)


def _taken_with(page: Page, *, at: datetime) -> None:
    ticket = cases.about_page(page)
    person = page.acknowledged_by
    if ticket and person and page.state == "acknowledged":
        tickets.acknowledge(ticket, person=person, eta_at=page.eta_at, by=person.actor, at=at)
        tell.taken(ticket, by_name=person.name, eta_at=page.eta_at, count=page.round, at=at)
        tell.joined(ticket, person=person, at=at)


def others(page: Page) -> list[Page]:
    """The other calls about the same trouble that nobody has taken yet: held until this transaction ends, in one order for all."""
    incident = watched.about_page(page) or linked.incident_of_page(page)
    if incident is None:
        return []
    known = [page, incident.call, *(one.page for one in linked.about_incident(incident))]
    ringing = {one.pk: one for one in known if one and one.state == "triggered"}
    if len(ringing) == 1:
        return []
    held = [paging.hold(ringing[key]) for key in sorted(ringing)]
    return [one for one in held if one.pk != page.pk and one.state == "triggered"]


def over(incident: Incident, *, at: datetime) -> None:
    """The incident is over, and nobody had taken it: the calls that waited beside it ring for themselves now."""
    for ticket in linked.about_incident(incident):
        if ticket.page and ticket.page.state == "triggered" and ticket.page.step < 0:
            escalate.first(ticket.page, at=at)
