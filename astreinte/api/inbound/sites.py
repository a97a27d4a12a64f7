"""Probers on other machines: what they are to look at, and what they saw. The key is in the address, or it does not exist."""

import json
from functools import wraps
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from astreinte.api.inbound.sources import MAX_BYTES, View, refused
from astreinte.core import digests
from astreinte.core.refusals import Refusal
from astreinte.flows import look_from
from astreinte.monitoring import payloads as shapes
from astreinte.monitoring import reports, vantage
from astreinte.monitoring.models import Check, Site
from astreinte.web import trouble
from astreinte.web.requests import AnyRequest

log = structlog.get_logger()


def _of_a_site(view: View) -> View:
    """An unknown key is 404, a refusal a sentence."""

    @csrf_exempt
    @wraps(view)
    def door(request: AnyRequest, key: str) -> HttpResponse:
        site = vantage.with_key(key)
        if site is None:
            return trouble.plain_problem(HTTPStatus.NOT_FOUND)
        try:
            return view(request, site)
        except Refusal as refusal:
            return refused(site.source, refusal)

    return door


@require_http_methods(["GET", "HEAD", "POST"])
@_of_a_site
def prober(request: AnyRequest, site: Site) -> HttpResponse:
    """GET: the checks of this site, and what proves that it sees. POST: a report."""
    return _reported(request, site) if request.method == "POST" else _asked(request, site)


def _asked(request: AnyRequest, site: Site) -> HttpResponse:
    checks = [_told(check) for check in vantage.checks_of(site)]
    said = {"site": site.name, "references": list(vantage.references()), "checks": checks}
    tag = f'"{digests.sha256(digests.canonical_json(said))[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = JsonResponse({**said, "etag": tag, "last_number": site.last_number})
    response["ETag"] = tag
    response["Cache-Control"] = "no-store"  # parameters may hold a password
    return response


def _told(check: Check) -> dict[str, Any]:
    parameters = check.service.parameters if check.service else {}
    return {
        "check": check.pk,
        "kind": check.kind,
        "parameters": parameters,
        "interval_s": check.interval_s,
        "addresses": check.server.addresses,
    }


def _reported(request: AnyRequest, site: Site) -> HttpResponse:
    try:
        body = request.body
    except RequestDataTooBig:
        return trouble.plain_problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if len(body) > MAX_BYTES:
        return trouble.plain_problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    last = look_from.report(site, reports.parse(shapes.read(body)), at=request.at)
    return HttpResponse(json.dumps({"last_number": last}), content_type="application/json")
