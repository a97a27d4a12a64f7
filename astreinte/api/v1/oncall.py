"""Calls about who is on call, for the staff: now or at an instant, shifts, overrides."""

from datetime import timedelta
from typing import Annotated

from django.http import Http404
from django.utils.translation import gettext_noop
from ninja import Query, Router, Status

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import User
from astreinte.api.v1 import rights
from astreinte.api.v1.door import ApiRequest, Bearer
from astreinte.api.v1.problems import Unknown
from astreinte.api.v1.shapes.oncall import (
    OnCallOut,
    OverrideIn,
    OverrideOut,
    Shifts,
    holding_out,
    override_out,
    shift_out,
)
from astreinte.api.v1.values import Instant, Name
from astreinte.oncall import edits, queries
from astreinte.oncall.models import Rota

router = Router(tags=["on call"])
SHOWN = timedelta(days=28)
AT_MOST = timedelta(days=400)
NOBODY = gettext_noop("No engineer has this address.")
TOO_LONG = gettext_noop("Ask for 400 days at most.")
BACKWARDS = gettext_noop("The end must be after the start.")


def _rota(name: str) -> Rota:
    rota = queries.by_name(name)
    if rota is None:
        raise Http404
    return rota


def colleague(email: str, *, field: str) -> User:
    """An engineer or a manager, by their address: a clerk takes no call. Raises Unknown."""
    person = accounts.by_email(email)
    if person is None or not person.handles_cases:
        raise Unknown(field, NOBODY)
    return person


@router.get("/oncall", response=OnCallOut, url_name="oncall", operation_id="get_oncall", summary="Who is on call")
def oncall(request: ApiRequest, at: Annotated[Instant | None, Query()] = None) -> OnCallOut:
    """Who is on call in every rota, now or at an instant."""
    rights.staff(request)
    when = at or request.at
    return OnCallOut(at=when, rotas=[holding_out(one) for one in queries.everywhere(at=when)])


@router.get(
    "/rotas/{name}/shifts", response=Shifts, url_name="rota_shifts", operation_id="list_shifts", summary="Shifts"
)
def rota_shifts(
    request: ApiRequest,
    name: Name,
    from_: Annotated[Instant | None, Query(alias="from")] = None,
    to: Annotated[Instant | None, Query()] = None,
) -> Shifts:
    """The shifts of a rota that touch a period (four weeks from now, unless said otherwise), overrides applied."""
    rights.staff(request)
    start = from_ or (min(to, request.at) if to else request.at)
    end = to or start + SHOWN
    if end <= start:
        raise Unknown("to", BACKWARDS)
    if end - start > AT_MOST:
        raise Unknown("to", TOO_LONG)
    found = queries.shifts(_rota(name), start=start, end=end)
    return Shifts(items=[shift_out(shift) for shift in found], next=None)


@router.post(
    "/rotas/{name}/overrides",
    response={201: OverrideOut},
    url_name="rota_overrides",
    operation_id="add_override",
    summary="Replace somebody",
    auth=Bearer("oncall"),
    by_alias=True,
)
def rota_overrides(request: ApiRequest, name: Name, payload: OverrideIn) -> Status[OverrideOut]:
    """Somebody is on call instead of whoever the rota says. Refused, with the reason, when it would change nothing."""
    rights.staff(request)
    rota = _rota(name)
    by = rights.manager(request)
    person = colleague(payload.person, field="person")
    added = edits.add_override(
        rota, person=person, start=payload.from_, end=payload.to, layer=payload.layer, by=by.actor, at=request.at
    )
    return Status(201, override_out(added))
