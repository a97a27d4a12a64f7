"""The page a colleague opens who was asked to help: looking changes nothing, a post says whether they come. The link is the proof."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods

from astreinte.accounts.models import User
from astreinte.core.refusals import Refusal
from astreinte.flows import add_people
from astreinte.notifications import links
from astreinte.notifications.models import Notification
from astreinte.paging import queries as pages
from astreinte.paging.models import Page
from astreinte.tickets import queries as cases
from astreinte.web.requests import AnyRequest
from astreinte.web.take import ETAS, VIA, facts, may_answer, nowhere


@ensure_csrf_cookie
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: AnyRequest, token: str) -> HttpResponse:
    """Who has it and who asks, with two buttons: I come, I cannot."""
    letter = links.letter_of(token)
    page = pages.by_story(letter.about) if letter and letter.kind == "help" else None
    if letter is None or letter.person is None or page is None or not may_answer(letter):
        return nowhere(request, letter)
    with translation.override(letter.language):
        if request.method == "POST":
            return _answered(request, page, letter.person, token=token)
        return _shown(request, letter, page, letter.person, token=token)


def _answered(request: AnyRequest, page: Page, person: User, *, token: str) -> HttpResponse:
    try:
        if request.POST.get("answer") == "no":
            add_people.excuse(page, person=person, via=VIA, at=request.at)
        else:
            eta = ETAS.get(request.POST.get("eta_minutes", ""))
            add_people.join(page, person=person, via=VIA, eta=eta, at=request.at)
    except Refusal:
        pass  # it is over, or it rings again: the page says so
    return redirect(reverse("join", args=[token]))


def _shown(request: AnyRequest, letter: Notification, page: Page, person: User, *, token: str) -> HttpResponse:
    ticket = cases.about_page(page)
    context: dict[str, Any] = {"page": facts(page, ticket, language=letter.language), "token": token}
    if page.state == "closed":
        return render(request, "take/gone.html", context)
    answer, eta_at = pages.help_of(page, person)
    context |= {
        "answer": answer,
        "eta_at": datetime.fromisoformat(eta_at) if eta_at else None,
        "asked_by": letter.context.get("asked_by", ""),
        "rings_again": page.state == "triggered",
        "at": request.at,
        "case_url": reverse("console:case", args=[ticket.ref]) if ticket else "",
    }
    return render(request, "take/help.html", context)
