"""Every route of the product, read from the URL table: tests enumerate, they never list by hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

# Django's own file server of the debug mode and the like have no name of ours.
UNNAMED = ("static",)


@dataclass(frozen=True, kw_only=True)
class Route:
    """A view's full name and the pattern of its address."""

    name: str
    pattern: str

    @property
    def places(self) -> list[str]:
        """The names to fill in the address."""
        return re.findall(r"<(?:\w+:)?(\w+)>", self.pattern)

    def filled(self, values: dict[str, str]) -> str:
        """The address with these values."""
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], self.pattern)


def every_route() -> list[Route]:
    """All of them, by name."""
    return sorted(
        _walk(get_resolver().url_patterns, names=(), before=""), key=lambda route: (route.name, route.pattern)
    )


def _walk(patterns: list[URLPattern | URLResolver], *, names: tuple[str, ...], before: str) -> Iterator[Route]:
    for one in patterns:
        text = before + _text(one.pattern)
        if isinstance(one, URLResolver):
            inside = (*names, one.namespace) if one.namespace else names
            yield from _walk(one.url_patterns, names=inside, before=text)
        elif one.name not in UNNAMED:
            yield Route(name=":".join([*names, one.name or f"unnamed at {text}"]), pattern=text)


def _text(pattern: RoutePattern | RegexPattern) -> str:
    return str(pattern).lstrip("^").rstrip("$")
