"""Believes forwarded headers from the listed proxies only (reliability, S14)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_FORWARDED",
)


def _client(chain: str) -> str:
    """The last address that is not one of our proxies: the ones before it are anybody's word."""
    addresses = [address.strip() for address in chain.split(",") if address.strip()]
    outside = [address for address in addresses if address not in settings.TRUSTED_PROXIES]
    return outside[-1] if outside else ""


def believe_listed_proxies(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """REMOTE_ADDR and the scheme as our own proxy saw them; everybody else's forwarded headers are dropped."""

    def middleware(request: HttpRequest) -> HttpResponse:
        meta = request.META
        forwarded = {name: meta.pop(name) for name in _FORWARDED if name in meta}
        if meta.get("REMOTE_ADDR") in settings.TRUSTED_PROXIES:
            meta["REMOTE_ADDR"] = _client(forwarded.get("HTTP_X_FORWARDED_FOR", "")) or meta["REMOTE_ADDR"]
            if forwarded.get("HTTP_X_FORWARDED_PROTO") == "https":
                meta["wsgi.url_scheme"] = "https"
        return get_response(request)

    return middleware
