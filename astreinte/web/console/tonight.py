"""Tonight: what rings, what is down, what is open by what breaks first, who is on call, what waits for a person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from astreinte.core import timeline
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring.models import Incident
from astreinte.notifications import queries as outbox
from astreinte.oncall import calendar
from astreinte.oncall import queries as oncall
from astreinte.paging import queries as pages
from astreinte.paging.models import Page
from astreinte.tickets import lists
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Ticket
from astreinte.web import live
from astreinte.web.requests import PersonRequest

NIGHT = timedelta(hours=24)
WEEKS = 2
# A whole datacenter down is a list nobody reads to its end: the list of checks has the rest.
DOWN_SHOWN = 50
PIECES = "console/_tonight.html"


@require_safe
def tonight(request: PersonRequest) -> HttpResponse:
    """The screen an engineer keeps open."""
    return render(request, "console/tonight.html", {**_all(request), "seen": _seen(request)})


@require_safe
def live_pieces(request: PersonRequest) -> HttpResponse:
    """The same pieces again, when something happened."""
    every = live.RINGING if pages.ringing().exists() else live.CALM
    return live.answer(
        request,
        seen=_seen(request),
        every=every,
        pieces=lambda: render_to_string(PIECES, _all(request), request=request),
    )


def _seen(request: PersonRequest) -> str:
    return live.tag(timeline.newest_number(), at=request.at)


def _all(request: PersonRequest) -> dict[str, Any]:
    ringing = list(pages.ringing())
    night = list(pages.since(request.at - NIGHT))
    about = lists.of_pages([*ringing, *night])
    behind = monitoring.of_pages([*ringing, *night])
    down = monitoring.in_progress(limit=DOWN_SHOWN + 1)
    manages = request.user.has_role("manager")
    return {
        "urgent": [_clocked(ticket) for ticket in lists.urgent_now()],
        "ringing": _called(ringing, about, behind),
        "suspected": monitoring.suspected(),
        "down": [_hit(incident) for incident in down[:DOWN_SHOWN]],
        "more_down": len(down) > DOWN_SHOWN,
        "duty": _duty(at=request.at),
        "awaiting": cases.awaiting_verdict(),
        "disputes": cases.open_disputes() if manages else [],
        "manages": manages,
        "night": [{"page": page, "ticket": about.get(page.pk), "incident": behind.get(page.pk)} for page in night],
        "every": live.RINGING if ringing else live.CALM,
    }


def _clocked(ticket: Ticket) -> dict[str, Any]:
    return {"ticket": ticket, "clock": lists.running(ticket), "gti": ticket.acknowledged_at is None}


def _hit(incident: Incident) -> dict[str, Any]:
    """An incident in progress, with what it hits and how far the calls have gone."""
    servers = incident.servers.all()
    page = incident.call
    return {
        "incident": incident,
        "servers": [server.name for server in servers],
        "customers": list(dict.fromkeys(server.customer.name for server in servers)),
        "since": incident.started_at or incident.opened_at,
        "rings": page is not None and page.state == "triggered",
        "taken_by": page.acknowledged_by if page and page.state == "acknowledged" else None,
        "step": page.step + 1 if page else 0,
    }


def _called(ringing: Sequence[Page], about: dict[int, Ticket], behind: dict[int, Incident]) -> list[dict[str, Any]]:
    names: dict[str, dict[str, None]] = {}
    for letter in outbox.rings(page.story for page in ringing):
        if letter.state not in {"withdrawn", "failed"}:
            names.setdefault(letter.about, {})[letter.name] = None
    return [
        {
            "page": page,
            "ticket": about.get(page.pk),
            "incident": behind.get(page.pk),
            "people": list(names.get(page.story, {})),
        }
        for page in ringing
    ]


def _duty(*, at: datetime) -> list[dict[str, Any]]:
    holding = oncall.everywhere(at=at)
    return [
        {
            "rota": planning.rota.name,
            "now": [one for one in holding if one.rota == planning.rota.name],
            "next": calendar.next_of(planning, at=at),
            "gap": next((gap for gap in planning.gaps), None),
        }
        for planning in calendar.plannings(at=at, weeks=WEEKS)
    ]
