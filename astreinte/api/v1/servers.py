"""Calls about servers: their state, what an urgent ticket would cost, who is asking."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils import translation
from ninja import Query, Router

from astreinte.api.v1.cursors import cut
from astreinte.api.v1.door import ApiRequest
from astreinte.api.v1.incidents import reader
from astreinte.api.v1.shapes.offers import OfferOut, offer_out
from astreinte.api.v1.shapes.servers import Known, Me, ServerOut, Servers, me_out, server_out
from astreinte.api.v1.values import Cursor, Name
from astreinte.customers import queries as customers
from astreinte.customers.models import Server
from astreinte.monitoring import queries as monitoring
from astreinte.tickets import queries as cases

router = Router(tags=["servers"])


def _out(request: ApiRequest, servers: Sequence[Server]) -> list[ServerOut]:
    """These servers with what is known of each, asked at once for all."""
    known: dict[int, Known] = defaultdict(Known)
    incidents = list(monitoring.open_among(servers))
    for incident in incidents:
        for server in incident.servers.all():
            known[server.pk].incidents.append(incident)
    for window in monitoring.maintenance_among(servers, at=request.at):
        for server in window.servers.all():
            known[server.pk].maintenance.append(window)
    for check in monitoring.checks_of(servers):
        known[check.server_id].checks.append(check)
    who = reader(request, *incidents)
    return [server_out(server, known=known[server.pk], reader=who, at=request.at) for server in servers]


@router.get("/servers", response=Servers, url_name="servers", operation_id="list_servers", summary="My servers")
def servers(
    request: ApiRequest,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Servers:
    """The caller's servers, with what is known of each now: open incidents, maintenance in progress or to come."""
    rows = customers.servers_of(request.person).prefetch_related("services")
    found, after = cut(rows, cursor=cursor, limit=limit)
    return Servers(items=_out(request, found), next=after)


@router.get("/servers/{name}", response=ServerOut, url_name="server", operation_id="get_server", summary="One server")
def server(request: ApiRequest, name: Name) -> ServerOut:
    """One server of the caller's, by its name."""
    return _out(request, [get_object_or_404(customers.servers_of(request.person), name=name)])[0]


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
