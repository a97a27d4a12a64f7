"""Looks every route up in the policy table before its view runs."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from astreinte.accounts.permissions import POLICY, Who, allows


def _look_up(request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
    match = request.resolver_match
    who = POLICY.get(match.view_name) if match else None
    if who is None:
        raise Http404
    if who in {Who.ANYONE, Who.SIGNED, Who.TOKEN}:
        return None
    if not request.user.is_authenticated:
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?next={quote(request.get_full_path())}")
    if not allows(who, request.user):
        raise Http404
    return None


def look_up_the_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Nobody reaches a view that the table does not give them: what you may not see does not exist."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    middleware.process_view = _look_up  # type: ignore[attr-defined]
    return middleware
