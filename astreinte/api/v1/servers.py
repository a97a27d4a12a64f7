"""Calls about servers: their state, what an urgent ticket would cost, who is asking, incidents."""

import uuid
from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils import translation
from ninja import Query, Router

from astreinte.api.v1.cursors import cut
from astreinte.api.v1.door import ApiRequest
from astreinte.api.v1.shapes.offers import OfferOut, offer_out
from astreinte.api.v1.shapes.servers import (
    IncidentOut,
    Incidents,
    Me,
    ServerOut,
    Servers,
    incident_out,
    me_out,
    server_out,
)
from astreinte.api.v1.values import Cursor, Name
from astreinte.customers import queries as customers
from astreinte.customers.models import Server
from astreinte.monitoring import queries as monitoring
from astreinte.tickets import queries as cases

router = Router(tags=["servers"])


def _out(request: ApiRequest, server: Server) -> ServerOut:
    incidents = list(monitoring.open_on(server).prefetch_related("servers"))
    maintenance = list(monitoring.maintenance_on(server, at=request.at))
    return server_out(server, incidents=incidents, maintenance=maintenance, seen=_seen(request), at=request.at)


def _seen(request: ApiRequest) -> list[str]:
    """The names of the caller's servers, asked once a request."""
    if "_names" not in request.__dict__:
        request.__dict__["_names"] = list(customers.servers_of(request.person).values_list("name", flat=True))
    names: list[str] = request.__dict__["_names"]
    return names


@router.get("/servers", response=Servers, url_name="servers", operation_id="list_servers", summary="My servers")
def servers(
    request: ApiRequest,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Servers:
    """The caller's servers, with what is known of each now: open incidents, maintenance in progress or to come."""
    rows = customers.servers_of(request.person).prefetch_related("services")
    found, after = cut(rows, cursor=cursor, limit=limit)
    return Servers(items=[_out(request, server) for server in found], next=after)


@router.get("/servers/{name}", response=ServerOut, url_name="server", operation_id="get_server", summary="One server")
def server(request: ApiRequest, name: Name) -> ServerOut:
    """One server of the caller's, by its name."""
    return _out(request, get_object_or_404(customers.servers_of(request.person), name=name))


@router.get("/me", response=Me, url_name="me", operation_id="get_me", summary="Who am I")
def me(request: ApiRequest) -> Me:
    """Who the token is, with their roles among the staff and their rights at each customer."""
    members = customers.memberships(request.person).prefetch_related("technical_on")
    return me_out(request.person, token=request.caller.token, members=members)


@router.get("/offer", response=OfferOut, url_name="offer", operation_id="get_offer", summary="What would it cost")
def offer(request: ApiRequest, server: Annotated[Name, Query()]) -> OfferOut:
    """What an urgent ticket on this server would cost the caller now, in the exact words to accept; or why there is none.

    The text is in the language of `Accept-Language`, or of the caller.
    """
    asked = get_object_or_404(customers.servers_of(request.person), name=server)
    language = translation.get_language()
    return offer_out(cases.offer(server=asked, user=request.person, at=request.at, language=language))


@router.get("/incidents", response=Incidents, url_name="incidents", operation_id="list_incidents", summary="Incidents")
def incidents(
    request: ApiRequest,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Incidents:
    """The incidents of the caller's servers, newest first."""
    found, after = cut(monitoring.seen_by(request.person), cursor=cursor, limit=limit)
    return Incidents(items=[incident_out(one, seen=_seen(request)) for one in found], next=after)


@router.get(
    "/incidents/{id}", response=IncidentOut, url_name="incident", operation_id="get_incident", summary="One incident"
)
def incident(request: ApiRequest, id: uuid.UUID) -> IncidentOut:  # noqa: A002 - the contract's name
    """One incident of the caller's servers."""
    found = get_object_or_404(monitoring.seen_by(request.person), public_id=id)
    return incident_out(found, seen=_seen(request))
