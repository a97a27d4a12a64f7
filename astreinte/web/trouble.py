"""Turns trouble into words: a busy database is a 503 that says when to try again, never a false yes."""

import json
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

log = structlog.get_logger()
RETRY_AFTER_S = 5


def wants_json(request: HttpRequest) -> bool:
    """Whether a program is asking."""
    return request.path.startswith(("/api/", "/inbound/"))


def problem(*, status: int, slug: str, title: str, **more: object) -> HttpResponse:
    """An RFC 9457 problem document."""
    body = {"type": f"https://astreinte.example/problems/{slug}", "title": title, "status": status, **more}
    return HttpResponse(json.dumps(body, default=str), status=status, content_type="application/problem+json")


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
            return get_response(request)
        except (OperationalError, InterfaceError):
            return _busy(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError | InterfaceError):
            log.warning("database unavailable", error=str(exception), path=request.path)
            return _busy(request)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or came from elsewhere: nothing was done."""
    return render(request, "403_csrf.html", {"reason": reason}, status=HTTPStatus.FORBIDDEN)
