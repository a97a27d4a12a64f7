"""My servers: each with what is known of it and its last tickets; an incident that can be followed for free."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from astreinte.accounts.models import User
from astreinte.core import timeline
from astreinte.customers import queries as customers
from astreinte.customers.models import Server
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring import said
from astreinte.monitoring.models import Incident, Maintenance
from astreinte.tickets import rehearsals, sight, tracking
from astreinte.tickets.models import Ticket
from astreinte.web import live, said_words, tracker_words
from astreinte.web.lists import neighbours
from astreinte.web.portal import known, watched
from astreinte.web.requests import PersonRequest

# So many servers are one page; the last tickets of a server, and how many are looked at to find those of a page.
SHOWN, TICKETS, LOOKED_AT = 20, 3, 300
# Incidents told on top. In a storm there is one for each server: its line says so, and its page tells of it.
TOLD = 5


class ListForm(forms.Form):
    """What the list may be asked for: nothing else of the address is read."""

    q = forms.CharField(label=gettext_lazy("Server"), required=False, max_length=253)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000, widget=forms.HiddenInput)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A server on the list."""

    server: Server
    since: datetime | None  # of the first incident in progress
    maintenance: list[Maintenance]
    watched: watched.Watched
    tickets: list[Ticket] = field(default_factory=list)

    @property
    def fails(self) -> bool:
        """Whether a service is down, and no planned maintenance explains it."""
        return bool(self.watched.down) and (self.since is not None or not self.maintenance)

    @property
    def rank(self) -> int:
        """What is in trouble comes first, then what a maintenance concerns."""
        return 0 if self.fails or self.since else 1 if self.maintenance else 2


def _ranked(servers: Sequence[Server], about: known.Known) -> list[Row]:
    """Those in trouble first, then by name."""
    windows = defaultdict(list)
    for window in about.now:
        for server in window.servers.all():
            windows[server.pk].append(window)
    looked_at, since = watched.on(servers), monitoring.in_trouble_since(servers) if about.told else {}
    rows = [
        Row(server=one, since=since.get(one.pk), maintenance=windows[one.pk], watched=looked_at[one.pk])
        for one in servers
    ]
    return sorted(rows, key=lambda row: row.rank)


def _with_tickets(rows: Sequence[Row], *, reader: User) -> list[Row]:
    recent = defaultdict(list)
    # a line says no more than the ticket itself: what belongs to it is not read
    seen = sight.real_seen_by(reader).select_related(None).filter(server__in=[row.server.pk for row in rows])
    for ticket in seen.order_by("-id")[:LOOKED_AT]:
        recent[ticket.server_id].append(ticket)
    return [replace(row, tickets=recent[row.server.pk][:TICKETS]) for row in rows]


@require_safe
def servers(request: PersonRequest) -> HttpResponse:
    """Incidents and maintenance that concern me on top; then my servers, a row each, those in trouble first."""
    form = ListForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data.get("q") or ""
    mine = list(customers.servers_of(request.user))
    about = known.on(mine, reader=request.user, at=request.at, most=TOLD)
    named = [one for one in mine if asked.lower() in one.name.lower()]
    rows = _ranked(named, about)
    number = min(form.cleaned_data.get("page") or 1, max(1, -(-len(rows) // SHOWN)))
    context = {
        "form": form if len(mine) > SHOWN else None,
        "rows": _with_tickets(rows[(number - 1) * SHOWN : number * SHOWN], reader=request.user),
        **neighbours(request.path, {"q": asked}, page=number, is_last=len(rows) <= number * SHOWN),
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
