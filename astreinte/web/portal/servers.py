"""My servers: each with what is known of it and its last tickets; an incident that can be followed for free."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from astreinte.core import timeline
from astreinte.customers import queries as customers
from astreinte.customers.models import Server
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring import said
from astreinte.monitoring.models import Incident, Maintenance
from astreinte.tickets import rehearsals, sight, tracking
from astreinte.tickets.models import Ticket
from astreinte.web import live, said_words, tracker_words
from astreinte.web.portal import known, watched
from astreinte.web.requests import PersonRequest

# The last tickets of a server, and how many of all are looked at to find them.
SHOWN, LOOKED_AT = 3, 300


@dataclass(frozen=True, kw_only=True)
class Row:
    """A server on the list."""

    server: Server
    incidents: list[Incident]
    maintenance: list[Maintenance]
    watched: watched.Watched
    tickets: list[Ticket]

    @property
    def fails(self) -> bool:
        """Whether a service is down, and no planned maintenance explains it."""
        return bool(self.watched.down) and (bool(self.incidents) or not self.maintenance)


def _rows(servers: Sequence[Server], about: known.Known, tickets: Sequence[Ticket]) -> list[Row]:
    incidents, windows, recent = defaultdict(list), defaultdict(list), defaultdict(list)
    for incident in about.incidents:
        for server in incident.servers.all():
            incidents[server.pk].append(incident)
    for window in about.now:
        for server in window.servers.all():
            windows[server.pk].append(window)
    for ticket in tickets:
        recent[ticket.server_id].append(ticket)
    looked_at = watched.on(servers)
    return [
        Row(
            server=one,
            incidents=incidents[one.pk],
            maintenance=windows[one.pk],
            watched=looked_at[one.pk],
            tickets=recent[one.pk][:SHOWN],
        )
        for one in servers
    ]


@require_safe
def servers(request: PersonRequest) -> HttpResponse:
    """Incidents and maintenance that concern me on top; then my servers, a row each."""
    mine = list(customers.servers_of(request.user))
    about = known.on(mine, reader=request.user, at=request.at)
    tickets = list(sight.real_seen_by(request.user).order_by("-id")[:LOOKED_AT])
    context = {
        "rows": _rows(mine, about, tickets),
        "known": about,
        "mine": {one.pk for one in mine},
        "never_tried": rehearsals.is_new_to(request.user, mine),
    }
    return render(request, "portal/servers.html", context)


def _seen_incident(request: PersonRequest, public_id: UUID) -> Incident:
    return get_object_or_404(monitoring.seen_by(request.user), public_id=public_id)


def _incident_context(request: PersonRequest, incident: Incident) -> dict[str, object]:
    mine = customers.servers_of(request.user).filter(pk__in=incident.servers.values("pk"))
    check = incident.of_check
    spoken = said_words.newest_first(said.about([incident])[incident.pk])
    context: dict[str, object] = {"incident": incident, "mine": mine, "said": spoken}
    if check and any(server.pk == check.server_id for server in mine):
        context["service"] = watched.service(check)
    if incident.call:
        ladder = tracking.of_page(incident.call)
        words = tracker_words.reader(at=request.at)
        context |= {"rings": tracker_words.rings(ladder, words), "headline": tracker_words.headline(ladder, words)}
    return context


def _incident_seen(request: PersonRequest, incident: Incident) -> tuple[str, int]:
    # what is said about the trouble it is a part of is said about it
    whole = [incident.parent.story] if incident.parent else []
    stories = [incident.story, *whole, *([incident.call.story] if incident.call else [])]
    rings = incident.call is not None and incident.call.state == "triggered"
    every = live.RINGING if rings else live.CALM if incident.state == "open" else live.NEVER
    return live.tag(timeline.last_number(*stories), at=request.at), every


@require_safe
def incident(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Follow an incident, free: since when, who is on it, what changed."""
    found = _seen_incident(request, public_id)
    seen, every = _incident_seen(request, found)
    followed = {"is_followed": said.is_followed(found, by=request.user)}
    context = {**_incident_context(request, found), **followed, "seen": seen, "every": every}
    return render(request, "portal/incident.html", context)


@require_safe
def incident_live(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The piece of the incident's page that looks again."""
    found = _seen_incident(request, public_id)
    seen, every = _incident_seen(request, found)

    def pieces() -> str:
        context = _incident_context(request, found)
        return "".join(render_to_string(f"portal/_incident{part}.html", context, request) for part in ("_head", ""))

    return live.answer(request, seen=seen, every=every, pieces=pieces)
