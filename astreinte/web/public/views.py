"""Serves the files of the status page: no database is asked, no session read; caches may keep them for half a minute."""

import re
from hashlib import sha256
from http import HTTPStatus
from pathlib import PurePosixPath

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from astreinte.web.public import folder

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
}
LANGUAGE = re.compile(rb'<!doctype html>\s*<html lang="([a-z]{2})"')
KEPT = "public, max-age=30"
# The name of a stylesheet changes with what is in it.
KEPT_LONG = "public, max-age=31536000, immutable"
LATER_S = "30"


@require_safe
def show(request: HttpRequest, name: str = "") -> HttpResponse:
    """One file of the folder, as it is."""
    content = folder.read(settings.STATUS_DIR, name)
    kind = TYPES.get(PurePosixPath(name or "index.html").suffix or ".html")
    if kind is None:
        raise Http404
    if content is None:
        return _nothing(name)
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    known = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    response = HttpResponseNotModified() if tag in known else HttpResponse(content, content_type=kind)
    response["ETag"] = tag
    spoken = LANGUAGE.match(content)
    if spoken:  # the page's own, whatever this reader prefers
        response["Content-Language"] = spoken[1].decode()
    response["Cache-Control"] = KEPT_LONG if name.endswith(".css") else KEPT
    # public, for the pages and the programs of everybody
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _nothing(name: str) -> HttpResponse:
    """Nothing was ever written, or nothing is there by that name."""
    if name or folder.read(settings.STATUS_DIR, "") is not None:
        raise Http404
    page = render_to_string("public/not_yet.html")
    response = HttpResponse(page, status=HTTPStatus.NOT_FOUND)
    response["Retry-After"] = LATER_S
    return response
