"""Calls about planned maintenance: what is planned, planning, cancelling."""

import uuid
from typing import Annotated

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from astreinte.api.v1 import rights
from astreinte.api.v1.cursors import cut
from astreinte.api.v1.door import ApiRequest, Bearer
from astreinte.api.v1.problems import Unknown
from astreinte.api.v1.shapes.asked import CancelMaintenanceIn, MaintenanceIn
from astreinte.api.v1.shapes.maintenance import MaintenanceOut, Maintenances, maintenance_out
from astreinte.api.v1.values import Cursor
from astreinte.core.refusals import gettext_noop
from astreinte.customers import queries as customers
from astreinte.flows import maintain
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring.models import Maintenance
from astreinte.monitoring.rules.windows import Wish

router = Router(tags=["maintenance"])
NO_SERVER = gettext_noop("One of these is not a server: write their names.")


def _out(request: ApiRequest, *found: Maintenance) -> list[MaintenanceOut]:
    sees = frozenset(customers.servers_of(request.person).values_list("name", flat=True))
    return [maintenance_out(one, sees=sees, at=request.at) for one in found]


@router.get(
    "/maintenance",
    response=Maintenances,
    url_name="maintenance",
    operation_id="list_maintenance",
    summary="Maintenance",
)
def maintenance(
    request: ApiRequest,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Maintenances:
    """The maintenance of the caller's servers, the last planned first; what is over and what was cancelled too."""
    found, after = cut(monitoring.maintenance_seen_by(request.person), cursor=cursor, limit=limit)
    return Maintenances(items=_out(request, *found), next=after)


@router.post(
    "/maintenance",
    auth=Bearer("tickets"),
    response={201: MaintenanceOut},
    url_name="maintenance",
    operation_id="plan_maintenance",
    summary="Plan a maintenance",
)
def plan_maintenance(request: ApiRequest, payload: MaintenanceIn) -> Status[MaintenanceOut]:
    """By an engineer: those responsible for the servers are told now, and again a day before.

    What fails on them meanwhile rings nobody; what is still down at the end rings at once.
    """
    by, names = rights.engineer(request), frozenset(one.strip().lower() for one in payload.servers)
    if len(customers.named(names)) != len(names):
        raise Unknown("servers", NO_SERVER)
    wish = Wish(title=payload.title, servers=names, start=payload.start, end=payload.end)
    made = maintain.plan(wish, by=by, at=request.at)
    return Status(201, _out(request, made)[0])


@router.post(
    "/maintenance/{id}/cancel",
    auth=Bearer("tickets"),
    response=MaintenanceOut,
    url_name="maintenance_cancel",
    operation_id="cancel_maintenance",
    summary="Cancel a maintenance",
)
def maintenance_cancel(request: ApiRequest, id: uuid.UUID, payload: CancelMaintenanceIn) -> MaintenanceOut:  # noqa: A002
    """By an engineer: it does not take place. One that is in progress ends now, and what is down rings at once.

    409 `not-planned` when it was over or cancelled already.
    """
    found = get_object_or_404(monitoring.maintenance_seen_by(request.person), public_id=id)
    stopped = maintain.cancel(found, reason=payload.reason, by=rights.engineer(request), at=request.at)
    return _out(request, stopped)[0]
