"""What machines ask the desk: is it alive, can it page, what are its numbers; and where the demonstration's telephones are."""

from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.db.utils import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from astreinte.core import health, heartbeats
from astreinte.notifications import queries as outbox
from astreinte.paging import queries as pages
from astreinte.web import metrics as numbers
from astreinte.web.requests import AnyRequest

WORKERS = ("pager", "keeper", "auditor")
FRESH_S = 15.0
LATE = timedelta(seconds=60)
_migrated: set[str] = set()


def healthz(_request: HttpRequest) -> HttpResponse:
    """Alive; nothing else is looked at."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def readyz(request: AnyRequest) -> JsonResponse:
    """Able to page: 200, or 503 with every reason."""
    try:
        reasons = _reasons(request)
    except health.HalfWay:
        reasons = ["migrations: stopped half way"]
    except (DatabaseError, InterfaceError) as error:
        reasons = [f"database: {type(error).__name__}"]
    status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
    response = JsonResponse({"ready": not reasons, "reasons": reasons}, status=status)
    # asked every few seconds by machines: a red answer is for them, not a line of error for each
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def _reasons(request: AnyRequest) -> list[str]:
    if not _is_migrated():
        return ["migrations: not all applied"]
    ages = heartbeats.ages(at=request.at)
    reasons = [_late(worker, ages.get(worker)) for worker in WORKERS if ages.get(worker, FRESH_S) >= FRESH_S]
    if outbox.late(at=request.at, by=LATE):
        reasons.append("outbox: something is overdue")
    if pages.stuck(at=request.at, by=LATE):
        reasons.append("pages: one is stuck, or nothing about it could be sent")
    return reasons


def _late(worker: str, age: float | None) -> str:
    return f"{worker}: never seen" if age is None else f"{worker}: silent for {age:.0f} s"


def _is_migrated() -> bool:
    """Asked until it is true: migrations are never taken back while we run."""
    if not _migrated:
        if health.missing_migrations():
            return False
        _migrated.add("all")
    return True


def metrics(request: AnyRequest) -> HttpResponse:
    """The numbers of the contract, in the format of Prometheus."""
    return HttpResponse(numbers.text(at=request.at), content_type=numbers.CONTENT_TYPE)


def phones(_request: HttpRequest) -> HttpResponse:
    """The demonstration's telephones, when there are some."""
    if not settings.POCKET_URL:
        raise Http404
    return HttpResponseRedirect(f"{settings.POCKET_URL}/dev/phones")
