"""Reads the clock once a request: `request.at`."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from astreinte.core import clock


def read_clock_once(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Everything this request does happens at one instant."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.at = clock.now()  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
