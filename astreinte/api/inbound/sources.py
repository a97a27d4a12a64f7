"""What other monitoring tells us: Alertmanager, whatever writes JSON, heartbeats. Who has no key finds nothing here."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from astreinte.core.refusals import Refusal
from astreinte.flows import hear, hear_backup
from astreinte.monitoring import alertmanager as shapes
from astreinte.monitoring import events as pagerduty
from astreinte.monitoring import payloads, sources
from astreinte.monitoring.alertmanager import Heard
from astreinte.monitoring.models import AlertSource
from astreinte.web import trouble
from astreinte.web.requests import AnyRequest

log = structlog.get_logger()
MAX_BYTES = 1024 * 1024
View = Callable[..., HttpResponse]


def _of(kind: str) -> Callable[[View], View]:
    """A door for the sources of one kind: an unknown key is 404, a refusal is a sentence."""

    def decorated(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def door(request: AnyRequest, key: str, **more: Any) -> HttpResponse:
            source = sources.with_key(key, kind=kind)
            if source is None:
                return trouble.plain_problem(HTTPStatus.NOT_FOUND)
            try:
                return view(request, source, **more)
            except Refusal as refusal:
                return refused(source, refusal)

        return door

    return decorated


def refused(source: AlertSource, refusal: Refusal) -> HttpResponse:
    log.warning("source refused", source=source.name, why=refusal.slug, field=refusal.details.get("field", ""))
    response = _named(refusal)
    if "seconds" in refusal.details:
        response["Retry-After"] = str(refusal.details["seconds"])
    return response


def _named(refusal: Refusal) -> HttpResponse:
    """A refusal with the field it is about."""
    return trouble.refused(refusal, **{name: said for name, said in refusal.details.items() if name == "field"})


@require_POST
@_of("alertmanager")
def alertmanager(request: AnyRequest, source: AlertSource) -> HttpResponse:
    """Alertmanager's webhook, as Alertmanager sends it."""
    return _taken(request, source, shapes.parse)


@require_POST
@_of("alerts")
def alerts(request: AnyRequest, source: AlertSource) -> HttpResponse:
    """Any other monitoring: one alert, or a list of them."""
    return _taken(request, source, shapes.plain)


def _taken(request: AnyRequest, source: AlertSource, parse: Callable[[Any], list[Heard]]) -> HttpResponse:
    body = _body(request)
    if body is None:
        return trouble.plain_problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    hear.alerts(source, parse(payloads.read(body)), at=request.at)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _body(request: AnyRequest) -> bytes | None:
    """What was sent; None when it is too much."""
    try:
        body = request.body
    except RequestDataTooBig:
        return None
    return body if len(body) <= MAX_BYTES else None


# -- as PagerDuty hears it -----------------------------------------------------------------------------------------------


@csrf_exempt
@require_POST
def events_in_the_body(request: AnyRequest) -> HttpResponse:
    """One event whose key is its `routing_key`: for programs that know PagerDuty, and of it only the address can be changed."""
    body = _body(request)
    if body is None:
        return trouble.plain_problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        key = pagerduty.routing_key(payloads.read(body))
    except Refusal as refusal:
        return _named(refusal)
    return events(request, key=key)


@require_POST
@_of("alerts")
def events(request: AnyRequest, source: AlertSource) -> HttpResponse:
    """One event in the shape of PagerDuty's Events API, version 2; the answer is PagerDuty's."""
    body = _body(request)
    if body is None:
        return trouble.plain_problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    event = pagerduty.parse(payloads.read(body))
    hear.alerts(source, [event.heard] if event.heard else [], at=request.at)
    said = {"status": "success", "message": "Event processed", "dedup_key": event.dedup_key}
    return JsonResponse(said, status=HTTPStatus.ACCEPTED)


@require_http_methods(["GET", "HEAD", "POST"])
@_of("heartbeat")
def heartbeat(request: AnyRequest, source: AlertSource, said: str = "") -> HttpResponse:
    """All is well; with `start` or `fail` behind the key, a job begins or has failed. The body is read where it is a listing."""
    if source.younger_than_s and not said:
        return _listed(request, source)
    hear.heartbeat(source, said=said, at=request.at)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _listed(request: AnyRequest, source: AlertSource) -> HttpResponse:
    """The job that copies reads what its copies are worth: `up: ...` or `down: ...`."""
    body = _body(request)
    if body is None:
        return trouble.plain_problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    found = hear_backup.listing(source, body if request.method == "POST" else None, at=request.at)
    word = "up" if found.up else "down"
    return HttpResponse(f"{word}: {found.summary}\n", content_type="text/plain; charset=utf-8")
