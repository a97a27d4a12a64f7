"""The diagnosis of a case, for the engineer: what it advises and why, run again on demand, and what changed since the first."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from astreinte.core.refusals import Refusal
from astreinte.flows import diagnose
from astreinte.monitoring import bans
from astreinte.tickets import diagnoses, record_words
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Ticket
from astreinte.web import advice_words, metric_words, refusals
from astreinte.web.just_me import words
from astreinte.web.requests import PersonRequest


@require_POST
def run(request: PersonRequest, ref: str) -> HttpResponse:
    """Look again, now."""
    ticket = cases.by_ref(cases.seen_by(request.user), ref)
    if ticket is None:
        raise Http404
    try:
        diagnose.start(
            ticket.server, symptom=ticket.symptom, text=ticket.subject, by=request.user, at=request.at, ticket=ticket
        )
    except Refusal as refusal:
        messages.error(request, refusals.said(refusal))
    return redirect(f"{reverse('console:case', args=[ticket.ref])}#diagnosis")


def _banned(ticket: Ticket, *, at: datetime) -> str:
    """What the customer reads of their own address under *Just me?*: no fact of the diagnosis, for that does not know who complains."""
    address = ticket.consent.ip if ticket.consent else ""
    ban = bans.of(ticket.server, address, at=at)
    return words.banned_address(ban, address=address) if ban else ""


def context(request: PersonRequest, ticket: Ticket) -> dict[str, Any]:
    """What the case shows of its diagnoses."""
    found = diagnoses.of_ticket(ticket)
    done = [one for one in found if one.state == "done"]
    last = next((one for one in reversed(done) if diagnoses.tells(one, ticket)), done[-1] if done else None)
    changes = diagnoses.changes(done[0], done[-1]) if len(done) > 1 else []
    reading = diagnoses.reading(last) if last else None
    return {
        "banned": _banned(ticket, at=request.at),
        "looking": bool(found) and found[-1].state == "running",
        "diagnosis": last,
        "times": len(done),
        "measured": advice_words.measured(last.facts, at=request.at) if last else [],
        "measures": metric_words.said(reading, over=True) if reading else "",
        "advice": advice_words.of(last.advice) if last and last.advice else None,
        "record": record_words.sentence(last.advice if last else None, at=request.at),
        "changes": [advice_words.changed(one, at=request.at) for one in changes],
    }
