"""What other monitoring tells us: Alertmanager, whatever writes JSON, heartbeats. The key is in the address, or it does not exist."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from astreinte.core.refusals import Refusal
from astreinte.flows import hear
from astreinte.monitoring import alertmanager as shapes
from astreinte.monitoring import sources
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
                return _refused(source, refusal)

        return door

    return decorated


def _refused(source: AlertSource, refusal: Refusal) -> HttpResponse:
    log.warning("source refused", source=source.name, why=refusal.slug, field=refusal.details.get("field", ""))
    response = trouble.refused(
        refusal, **{name: refusal.details[name] for name in ("field",) if name in refusal.details}
    )
    if "seconds" in refusal.details:
        response["Retry-After"] = str(refusal.details["seconds"])
    return response


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
    try:
        body = request.body
    except RequestDataTooBig:
        return trouble.plain_problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if len(body) > MAX_BYTES:
        return trouble.plain_problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    hear.alerts(source, parse(shapes.read(body)), at=request.at)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_http_methods(["GET", "HEAD", "POST"])
@_of("heartbeat")
def heartbeat(request: AnyRequest, source: AlertSource, said: str = "") -> HttpResponse:
    """All is well; with `start` or `fail` behind the key, a job begins or has failed. What the body says is not read."""
    hear.heartbeat(source, said=said, at=request.at)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
