"""A live piece of a page asks again: 304 when the history has nothing new, the pieces otherwise (architecture, rule 12)."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import get_language

# How often the page looks again, in seconds: every second while somebody's phone rings, calmly otherwise, never when it is over.
RINGING, CALM, NEVER = 1, 15, 0
AGAIN = "X-Look-Again"
# Somebody who has just taken charge says within a moment when the work starts: the page stays quick that long.
FRESH_S = 120


def rhythm(*, ringing: bool, over: bool, taken_at: datetime | None, at: datetime) -> int:
    """How often to look, in seconds."""
    if ringing:
        return RINGING
    if over:
        return NEVER
    fresh = taken_at is not None and (at - taken_at).total_seconds() < FRESH_S
    return RINGING if fresh else CALM


def tag(number: int, *, at: datetime) -> str:
    """What a reader has seen: the last line of history, in their language. The minute is in it: clocks and ages move alone."""
    return f'"{number}.{int(at.timestamp()) // 60}.{get_language()}"'


def answer(request: HttpRequest, *, seen: str, every: int, pieces: Callable[[], str]) -> HttpResponse:
    """304 when `seen` is what the reader has; else the pieces, each replacing the element of its id (static/js/live.js)."""
    known = request.headers.get("If-None-Match") == seen
    response = HttpResponseNotModified() if known else HttpResponse(pieces())
    response["ETag"] = seen
    response[AGAIN] = str(every)
    return response
