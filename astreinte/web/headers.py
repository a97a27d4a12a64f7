"""Headers of every answer: nothing private is kept by a cache."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def private_and_strict(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """`no-store` wherever a view did not say better (reliability, S26); no sensors, no embedding."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware
