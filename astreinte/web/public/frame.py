"""What every public file needs to know of the desk, and how its pages are drawn: no request, no database, no clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

# While the writer lives, no page is older than the first; past the second, nobody should believe it.
STAMPED_EVERY = timedelta(minutes=5)
BELIEVED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The desk, as its public pages show it. Addresses are without a final slash; the first language is the default."""

    name: str
    title: str
    languages: tuple[str, ...]
    time_zone: str
    site_url: str
    desk_url: str
    language: str = ""

    @property
    def page_id(self) -> str:
        """How programs tell this page from others."""
        return sha256(self.site_url.encode()).hexdigest()[:12]

    @property
    def others(self) -> list[str]:
        """The other languages."""
        return [one for one in self.languages if one != self.language]


@cache
def stylesheet() -> tuple[str, bytes]:
    """The one stylesheet, under a name that changes with it."""
    return _named("style", "css", "css", "status.css")


@cache
def icon() -> tuple[str, bytes]:
    """The picture of the tab, likewise: without one, browsers ask for a file that is not there."""
    return _named("icon", "svg", "icon.svg")


def _named(stem: str, suffix: str, *path: str) -> tuple[str, bytes]:
    content = resources.files("astreinte.web").joinpath("static", *path).read_bytes()
    return f"{stem}.{sha256(content).hexdigest()[:10]}.{suffix}", content


@contextmanager
def spoken(frame: Frame) -> Iterator[None]:
    """In the language of this frame."""
    with translation.override(frame.language):
        yield


def page(name: str, frame: Frame, *, place: str, **context: Any) -> bytes:
    """A page. `place`: where it is in the folder of its language; `home`: the way from it to there, and `root`: to the top."""
    depth = place.count("/")
    told = {
        "frame": frame,
        "provider": frame,  # the tags ask it for its time zone
        "place": place,
        "home": "../" * depth,
        "root": "../" * (depth + 1),
        "css": stylesheet()[0],
        "icon": icon()[0],
        **context,
    }
    return render_to_string(f"public/{name}.html", told).lstrip().encode()
