"""Serves the files of the status page: no database is asked, no session read; caches may keep them for half a minute."""

import re
from hashlib import sha256
from http import HTTPStatus
from pathlib import PurePosixPath

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from astreinte.web.public import folder

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
}
LANGUAGE = re.compile(rb'<!doctype html>\s*<html lang="([a-z]{2})"')
KEPT = "public, max-age=30"
# The names of the stylesheet and of the icon change with what is in them.
KEPT_LONG = "public, max-age=31536000, immutable"
NAMED_BY_CONTENT = (".css", ".svg")
LATER_S = "30"


@require_safe
def show(request: HttpRequest, name: str = "") -> HttpResponse:
    """One file of the folder, as it is."""
    content = folder.read(settings.STATUS_DIR, name)
    elsewhere = _in_their_language(request, content) if content and not name else None
    if elsewhere:
        return _for_everybody(HttpResponseRedirect(elsewhere), KEPT)
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
    return _for_everybody(response, KEPT_LONG if name.endswith(NAMED_BY_CONTENT) else KEPT)


def _in_their_language(request: HttpRequest, first: bytes) -> str | None:
    """Where the first page is in the language that this browser asks for, when that is not the one at the top. No cookie is read."""
    here = LANGUAGE.match(first)
    for asked, weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        place = f"{asked[:2]}/"
        if not weight or folder.read(settings.STATUS_DIR, place) is None:
            continue
        return None if here and here[1].decode() == asked[:2] else reverse("public:status_file", args=[place])
    return None


def _for_everybody(response: HttpResponse, kept: str) -> HttpResponse:
    """Public: for the pages, the programs and the caches of everybody."""
    response["Cache-Control"] = kept
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
