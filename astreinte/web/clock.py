"""Reads the clock once a request (`request.at`), and for a page that is only read the configuration too."""

from collections.abc import Callable
from contextlib import nullcontext

from django.http import HttpRequest, HttpResponse

from astreinte.core import clock, configuration

READS = frozenset({"GET", "HEAD"})


def read_clock_once(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Everything this request does happens at one instant; what it only shows goes by one state of the configuration.

    A request that changes something asks again in its flow: a right that was taken away meanwhile is gone.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.at = clock.now()  # type: ignore[attr-defined]
        with configuration.steady() if request.method in READS else nullcontext():
            return get_response(request)

    return middleware
