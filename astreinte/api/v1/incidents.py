"""Calls about incidents: what is known, who has it, and the answers of an engineer."""

import uuid
from typing import Annotated

from django.shortcuts import get_object_or_404
from ninja import Body, Query, Router

from astreinte.api.v1 import rights
from astreinte.api.v1.cursors import cut
from astreinte.api.v1.door import ApiRequest, Bearer
from astreinte.api.v1.shapes.asked import AcknowledgeIn, SuspicionIn
from astreinte.api.v1.shapes.incidents import IncidentOut, Incidents, Reader, incident_out
from astreinte.api.v1.values import Cursor, minutes
from astreinte.customers import queries as customers
from astreinte.flows import acknowledge, recover, suspect
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring.models import Incident

router = Router(tags=["incidents"])


def reader(request: ApiRequest) -> Reader:
    """The caller, as the shapes want to know them."""
    names = customers.servers_of(request.person).values_list("name", flat=True)
    return Reader(sees=frozenset(names), is_staff=request.person.handles_cases)


def _found(request: ApiRequest, public_id: uuid.UUID) -> Incident:
    return get_object_or_404(monitoring.seen_by(request.person), public_id=public_id)


@router.get("/incidents", response=Incidents, url_name="incidents", operation_id="list_incidents", summary="Incidents")
def incidents(
    request: ApiRequest,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Incidents:
    """The incidents of the caller's servers, newest first."""
    found, after = cut(monitoring.seen_by(request.person), cursor=cursor, limit=limit)
    who = reader(request)
    return Incidents(items=[incident_out(one, reader=who) for one in found], next=after)


@router.get(
    "/incidents/{id}", response=IncidentOut, url_name="incident", operation_id="get_incident", summary="One incident"
)
def incident(request: ApiRequest, id: uuid.UUID) -> IncidentOut:  # noqa: A002 - the contract's name
    """One incident of the caller's servers: since when, and who has it."""
    return incident_out(_found(request, id), reader=reader(request))


@router.post(
    "/incidents/{id}/acknowledge",
    auth=Bearer("tickets"),
    response=IncidentOut,
    url_name="incident_acknowledge",
    operation_id="acknowledge_incident",
    summary="Take charge",
)
def incident_acknowledge(
    request: ApiRequest,
    id: uuid.UUID,  # noqa: A002
    payload: Annotated[AcknowledgeIn | None, Body()] = None,
) -> IncidentOut:
    """By an engineer: the ringing stops, and the customers who follow it read who comes.

    409 `already-taken` when somebody was faster, `not-ringing` when there is nothing to take.
    """
    found = _found(request, id)
    person, eta = rights.engineer(request), minutes(payload.eta_minutes if payload else None)
    if found.call is None:
        raise acknowledge.NoLongerRings
    acknowledge.page(found.call, person=person, via="api", eta=eta, at=request.at)
    return incident_out(_found(request, id), reader=reader(request))


@router.post(
    "/incidents/{id}/resolve",
    auth=Bearer("tickets"),
    response=IncidentOut,
    url_name="incident_resolve",
    operation_id="resolve_incident",
    summary="It is over",
)
def incident_resolve(request: ApiRequest, id: uuid.UUID) -> IncidentOut:  # noqa: A002
    """By an engineer, when no check says it by itself; of a suspicion: that these are separate troubles.

    409 `still-failing` while the check fails, `not-open` when it was already resolved.
    """
    found = _found(request, id)
    recover.by_hand(found, by=rights.engineer(request), at=request.at)
    return incident_out(_found(request, id), reader=reader(request))


@router.post(
    "/incidents/{id}/confirm",
    auth=Bearer("tickets"),
    response=IncidentOut,
    url_name="incident_confirm",
    operation_id="confirm_incident",
    summary="It is one trouble, and ours",
)
def incident_confirm(request: ApiRequest, id: uuid.UUID, payload: SuspicionIn) -> IncidentOut:  # noqa: A002
    """By an engineer: what the tickets of several customers let us suspect is an incident. Their tickets are not billed.

    409 `not-suspected` when it is none any more; 422 `unknown-clause` for a clause that is not one of ours.
    """
    found = _found(request, id)
    suspect.confirm(found, clause=payload.clause, by=rights.engineer(request), at=request.at)
    return incident_out(_found(request, id), reader=reader(request))
