"""An incident for the one who is rung: what fails and since when, who has it, the calls, the three answers, the words in public."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from astreinte.core import timeline
from astreinte.core.refusals import Refusal
from astreinte.flows import acknowledge, recover, suspect
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring import said, sources, words
from astreinte.monitoring.models import Incident
from astreinte.monitoring.states import Stage
from astreinte.paging.models import Page
from astreinte.tickets import linked, tracking
from astreinte.tickets.rules.offer import clause_words
from astreinte.web import live, refusals, said_words, timeline_words, tracker_words, watch_words
from astreinte.web.console import words as public
from astreinte.web.requests import PersonRequest
from astreinte.web.take import ETAS

VIA = "console"
PIECES = "console/_incident_live.html"
# What came and went all night is read from its end.
HISTORY_SHOWN = 200
# A storm may bring thousands of alerts: those that still fire come first.
ALERTS_SHOWN = 50


def _found(request: PersonRequest, incident_id: UUID) -> Incident:
    return get_object_or_404(monitoring.seen_by(request.user), public_id=incident_id)


@require_safe
def incident(request: PersonRequest, incident_id: UUID) -> HttpResponse:
    """The whole incident on one screen. `?draft=` proposes the words of a stage."""
    found = _found(request, incident_id)
    form = public.blank(found, draft=request.GET.get("draft", ""))
    return render(request, "console/incident.html", {**_context(request, found), "words": form})


@require_safe
def live_pieces(request: PersonRequest, incident_id: UUID) -> HttpResponse:
    """The same pieces again, when something happened."""
    found = _found(request, incident_id)
    return live.answer(
        request,
        seen=_seen(request, found),
        every=_every(found),
        pieces=lambda: render_to_string(PIECES, _moving(request, found), request=request),
    )


@require_POST
def take(request: PersonRequest, incident_id: UUID) -> HttpResponse:
    """I take it, and I start in so many minutes."""
    eta = ETAS.get(request.POST.get("eta_minutes", ""))

    def do(found: Incident) -> object:
        return acknowledge.page(_ringing(found), person=request.user, via=VIA, eta=eta, at=request.at)

    return _answered(request, incident_id, do)


@require_POST
def not_me(request: PersonRequest, incident_id: UUID) -> HttpResponse:
    """Not me: the next step rings now."""

    def do(found: Incident) -> object:
        return acknowledge.decline(_ringing(found), person=request.user, via=VIA, at=request.at)

    return _answered(request, incident_id, do)


@require_POST
def over(request: PersonRequest, incident_id: UUID) -> HttpResponse:
    """It is over: not while the check says otherwise."""

    def do(found: Incident) -> object:
        return recover.by_hand(found, by=request.user, at=request.at)

    return _answered(request, incident_id, do)


@require_POST
def confirm(request: PersonRequest, incident_id: UUID) -> HttpResponse:
    """What several customers let us suspect is one trouble, and ours."""

    def do(found: Incident) -> object:
        return suspect.confirm(found, clause=request.POST.get("clause", ""), by=request.user, at=request.at)

    return _answered(request, incident_id, do)


@require_POST
def say(request: PersonRequest, incident_id: UUID) -> HttpResponse:
    """A word in public: published, or the same screen with what was typed and why not."""
    found, form = _found(request, incident_id), public.bound(request)
    if form.is_valid():
        try:
            public.say(found, form, request=request)
        except Refusal as refusal:
            form.add_error(None, refusals.said(refusal))
        else:
            return redirect(f"{reverse('console:incident', args=[incident_id])}#said")
    context = {**_context(request, _found(request, incident_id)), "words": form}
    return render(request, "console/incident.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _ringing(found: Incident) -> Page:
    if found.call is None:
        raise acknowledge.NoLongerRings
    return found.call


def _answered(request: PersonRequest, incident_id: UUID, do: Callable[[Incident], object]) -> HttpResponse:
    """Done, or the same screen with why not."""
    try:
        do(_found(request, incident_id))
    except Refusal as refusal:
        found = _found(request, incident_id)
        context = {**_context(request, found), "refused": refusals.said(refusal), "words": public.blank(found)}
        return render(request, "console/incident.html", context, status=HTTPStatus.CONFLICT)
    return redirect(reverse("console:incident", args=[incident_id]))


def _context(request: PersonRequest, found: Incident) -> dict[str, Any]:
    stages = {"stages": Stage.choices}
    return {**_moving(request, found), "seen": _seen(request, found), "every": _every(found), **stages}


def _moving(request: PersonRequest, found: Incident) -> dict[str, Any]:
    """What changes by itself while somebody looks."""
    page, check = found.call, found.of_check
    ladder = tracking.of_page(page) if page else None
    read = tracker_words.reader(at=request.at)
    lines = timeline.of(*_stories(found)).reverse()[:HISTORY_SHOWN]
    return {
        "incident": found,
        "check": check,
        "service": words.service(check) if check else "",
        "trouble": watch_words.trouble(check) if check else "",
        "servers": found.servers.select_related("customer", "plan"),
        "rings": tracker_words.rings(ladder, read) if ladder else [],
        "headline": tracker_words.headline(ladder, read) if ladder else "",
        "clauses": _clauses() if found.state == "suspected" else [],
        "tickets": linked.about_incident(found),
        "said": said_words.newest_first(said.about([found])[found.pk]),
        "followers": found.followers.count(),
        **_alerts(found),
        "history": [timeline_words.said(line) for line in lines],
        "page": page,
        "is_ringing": page is not None and page.state == "triggered",
        "is_taken": page is not None and page.state == "acknowledged",
        "mine": page is not None and page.acknowledged_by_id == request.user.pk,
    }


def _clauses() -> list[tuple[str, str]]:
    """What it may be, in words."""
    return [(slug, clause_words(slug, language=get_language())) for slug in suspect.CLAUSES]


def _alerts(found: Incident) -> dict[str, Any]:
    """What other monitoring says of it, and how much more there is."""
    told = sources.of_incident(found)
    count = told.count()
    shown = [{"said": one, "labels": list(one.labels.items())} for one in told[:ALERTS_SHOWN]]
    return {"alerts": shown, "alerts_count": count, "alerts_left": max(0, count - ALERTS_SHOWN)}


def _stories(found: Incident) -> list[str]:
    return [found.story, *([found.call.story] if found.call else [])]


def _seen(request: PersonRequest, found: Incident) -> str:
    return live.tag(timeline.last_number(*_stories(found)), at=request.at)


def _every(found: Incident) -> int:
    ringing = found.call is not None and found.call.state == "triggered"
    return live.RINGING if ringing else live.CALM if found.state == "open" else live.NEVER
