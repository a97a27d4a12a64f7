"""The page an engineer opens from an SMS: looking changes nothing, a post takes charge. No login: the link is the proof."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods

from astreinte.core.refusals import Refusal
from astreinte.flows import acknowledge
from astreinte.monitoring import queries as monitoring
from astreinte.notifications import links
from astreinte.notifications.models import Notification
from astreinte.paging import queries as pages
from astreinte.paging.models import Page
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Ticket
from astreinte.web.requests import AnyRequest

VIA = "link"
ETAS = {"5": timedelta(minutes=5), "15": timedelta(minutes=15), "30": timedelta(minutes=30)}


@ensure_csrf_cookie
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: AnyRequest, token: str) -> HttpResponse:
    """What rings, with its two buttons. A preview, a scanner, a HEAD: they see, and nothing moves."""
    letter = links.letter_of(token)
    page = pages.by_story(letter.about) if letter and letter.kind == "page" else None
    if letter is None or page is None or not may_answer(letter):
        return nowhere(request, letter)
    with translation.override(letter.language):
        if request.method == "POST":
            return _answered(request, letter, page, token=token)
        return _shown(request, letter, page, token=token)


def may_answer(letter: Notification) -> bool:
    """Somebody who left does not take a page. A message to the provider's mailbox is nobody's: its readers sign in."""
    return letter.person is None or letter.person.is_staff_member


def nowhere(request: HttpRequest, letter: Notification | None) -> HttpResponse:
    """A link that is not one of ours, or not theirs any more."""
    with translation.override(letter.language if letter else translation.get_language()):
        return render(request, "take/gone.html", status=HTTPStatus.NOT_FOUND)


def _answered(request: AnyRequest, letter: Notification, page: Page, *, token: str) -> HttpResponse:
    here = reverse("take", args=[token])
    person = letter.person
    if person is None:
        return redirect("console:tonight")
    try:
        if request.POST.get("answer") == "next":
            acknowledge.decline(page, person=person, via=VIA, at=request.at)
            return redirect(f"{here}?passed")
        eta = ETAS.get(request.POST.get("eta_minutes", ""))
        acknowledge.page(page, person=person, via=VIA, eta=eta, at=request.at)
    except Refusal:
        pass  # somebody was faster, or it is over: the page says who has it now
    return redirect(here)


def _shown(request: AnyRequest, letter: Notification, page: Page, *, token: str) -> HttpResponse:
    if letter.person is None:
        return redirect("console:tonight")
    ticket = cases.about_page(page)
    context: dict[str, Any] = {"page": facts(page, ticket, language=letter.language), "token": token}
    if page.state == "closed":
        return render(request, "take/gone.html", context)
    if page.state == "triggered":
        return render(request, "take/passed.html" if "passed" in request.GET else "take/show.html", context)
    context["mine"] = page.acknowledged_by_id == letter.person_id
    context["case_url"] = reverse("console:case", args=[ticket.ref]) if ticket else _incident_url(page)
    return render(request, "take/taken.html", context)


def _incident_url(page: Page) -> str:
    incident = monitoring.about_page(page)
    return reverse("console:incident", args=[incident.public_id]) if incident else ""


def facts(page: Page, ticket: Ticket | None, *, language: str) -> dict[str, Any]:
    """What these pages show of a call: who, which server, what, since when, who has it."""
    eta_at = ticket.eta_at if ticket else page.eta_at
    since = page.acknowledged_at
    return {
        **page.facts,
        "title": page.title,
        "symptom": page.facts.get("symptom_words", {}).get(language, ""),
        "opened_at": page.opened_at,
        "code": page.code,
        "clocks": _clocks(ticket),
        "taken_by": page.acknowledged_by.name if page.acknowledged_by else "",
        "taken_at": since,
        "eta_minutes": round((eta_at - since).total_seconds() / 60) if eta_at and since else None,
    }


def _clocks(ticket: Ticket | None) -> list[dict[str, Any]]:
    if ticket is None:
        return []
    labelled = ((_("Intervention (GTI)"), cases.gti(ticket)), (_("Restoration (GTR)"), cases.gtr(ticket)))
    return [
        {"label": label, "started_at": clock.started_at, "due_at": clock.due_at, "stopped_at": clock.stopped_at}
        for label, clock in labelled
        if clock
    ]
