"""Me: how I am reached, what is wrong with it, and a button to try each way. A manager sees everybody's last tests too."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from astreinte.accounts import queries as accounts
from astreinte.core.refusals import Refusal
from astreinte.flows import rehearse_on_call, try_contact
from astreinte.notifications import trials
from astreinte.notifications.trials import Way
from astreinte.tickets import rehearsals
from astreinte.web import live, refusals
from astreinte.web.console.forms import ON_CALL
from astreinte.web.requests import PersonRequest

PIECES = "console/_me.html"
# The last rehearsals of this engineer, under the button of the next.
REHEARSALS = 5


@require_safe
def me(request: PersonRequest) -> HttpResponse:
    """My ways in order, each with its last test."""
    return render(request, "console/me.html", _context(request))


@require_safe
def live_pieces(request: PersonRequest) -> HttpResponse:
    """The same ways again, when something happened to a test."""
    ways = _mine(request)
    return live.answer(
        request,
        seen=_seen(request, ways),
        every=_every(ways),
        pieces=lambda: render_to_string(PIECES, {"ways": ways, "at": request.at}, request=request),
    )


@require_POST
def test_contact(request: PersonRequest, contact_id: int) -> HttpResponse:
    """Test one of my own ways."""
    contact = get_object_or_404(trials.contacts_of(request.user), pk=contact_id)
    try:
        try_contact.contact(contact, at=request.at)
    except Refusal as refusal:
        context = {**_context(request), "refused": refusals.said(refusal), "refused_way": contact.pk}
        return render(request, "console/me.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(f"{reverse('console:me')}#way-{contact.pk}")


@require_POST
def rehearse(request: PersonRequest) -> HttpResponse:
    """Ring my telephone now: a rehearsal, from a customer who is nobody."""
    try:
        ticket = rehearse_on_call.ring(
            request.user, key=request.POST.get("key", "").replace("\x00", "")[:100], at=request.at
        )
    except Refusal as refusal:
        context = {**_context(request), "refused": refusals.said(refusal)}
        return render(request, "console/me.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect("console:case", ticket.ref)


def _mine(request: PersonRequest) -> list[Way]:
    return trials.ways_of([request.user]).get(request.user.pk, [])


def _context(request: PersonRequest) -> dict[str, Any]:
    ways = _mine(request)
    return {
        "ways": ways,
        "seen": _seen(request, ways),
        "every": _every(ways),
        "rehearses": request.user.handles_cases,
        "rehearsed": list(rehearsals.of_engineer(request.user)[:REHEARSALS]) if request.user.handles_cases else [],
        "key": uuid4(),
        "everybody": _everybody() if request.user.has_role("manager") else [],
    }


def _everybody() -> list[dict[str, Any]]:
    people = list(accounts.with_role(*ON_CALL))
    found = trials.ways_of(people)
    return [{"person": person, "ways": found.get(person.pk, [])} for person in people]


def _seen(request: PersonRequest, ways: list[Way]) -> str:
    return live.tag(trials.last_number(ways), at=request.at)


def _every(ways: list[Way]) -> int:
    return live.RINGING if any(way.is_awaited for way in ways) else live.CALM
