"""Turns trouble into words: a busy database is a 503 that says when to try again, never a false yes."""

import json
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.conf import settings
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from astreinte.core.refusals import Refusal

log = structlog.get_logger()
RETRY_AFTER_S = 5


def wants_json(request: HttpRequest) -> bool:
    """Whether a program is asking."""
    return request.path.startswith(("/api/", "/inbound/"))


def problem(*, status: int, slug: str, title: str, **more: object) -> HttpResponse:
    """An RFC 9457 problem document."""
    body = {"type": f"{settings.BASE_URL}/problems/{slug}", "title": title, "status": status, **more}
    return HttpResponse(json.dumps(body, default=str), status=status, content_type="application/problem+json")


def said(refusal: Refusal) -> str:
    """The sentence of a refusal, in the reader's language."""
    return _(refusal.sentence) % refusal.details


def refused(refusal: Refusal, **more: object) -> HttpResponse:
    """A refusal, as programs read it."""
    return problem(status=int(refusal.status), slug=refusal.slug, title=said(refusal), **more)


# What Django itself answers, in words: (slug, sentence) for each status.
PLAIN = {
    400: ("bad-request", gettext_noop("This request cannot be read.")),
    401: ("not-authenticated", gettext_noop("A valid API token is needed: Authorization: Bearer ast_...")),
    403: ("forbidden", gettext_noop("You may not do this.")),
    404: ("not-found", gettext_noop("There is nothing here that you may see.")),
    405: ("method-not-allowed", gettext_noop("This address does not answer this method.")),
    413: ("too-large", gettext_noop("This is too large.")),
    415: (
        "unsupported-media-type",
        gettext_noop("Send JSON (Content-Type: application/json), or a form where files go."),
    ),
    500: ("defect", gettext_noop("Something broke on our side. Nothing was half written; we are told.")),
}


def plain_problem(status: int, **more: object) -> HttpResponse:
    """The problem that says no more than its status."""
    slug, sentence = PLAIN.get(status, PLAIN[400])
    return problem(status=status, slug=slug, title=_(sentence), **more)


def _in_words(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Programs never meet a page of HTML: whatever refused them, it is a problem document."""
    already = response.headers.get("Content-Type", "").startswith("application/problem+json")
    if response.status_code < HTTPStatus.BAD_REQUEST or already or not wants_json(request):
        return response
    told = plain_problem(response.status_code)
    for name, value in response.headers.items():
        if name != "Content-Length":  # of the page of HTML: a server would cut, or wait for, the difference
            told.headers.setdefault(name, value)
    return told


def _busy(request: HttpRequest) -> HttpResponse:
    sentence = _("The desk is busy. Nothing was lost: try again in a few seconds.")
    if wants_json(request):
        response = problem(status=HTTPStatus.SERVICE_UNAVAILABLE, slug="busy", title=sentence)
    else:
        response = render(request, "503.html", {"sentence": sentence}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response


def answer_in_words(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A database that is locked, full or away: 503 with Retry-After; the transaction is gone, nothing is half written."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            return _in_words(request, get_response(request))
        except (OperationalError, InterfaceError):
            return _busy(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError | InterfaceError):
            log.warning("database unavailable", error=str(exception), path=request.path)
            return _busy(request)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def page(status: int) -> Callable[..., HttpResponse]:
    """What people read for this status. Django's own handlers read the form again, even when it is what cannot be read."""

    def answer(_request: HttpRequest, *_why: object, **_more: object) -> HttpResponse:
        return HttpResponse(render_to_string(f"{status}.html"), status=status)

    return answer


bad_request, forbidden, not_found, defect = page(400), page(403), page(404), page(500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or came from elsewhere: nothing was done."""
    return render(request, "403_csrf.html", {"reason": reason}, status=HTTPStatus.FORBIDDEN)
