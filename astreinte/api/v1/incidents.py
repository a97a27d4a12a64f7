"""Calls about incidents: what is known, who has it, and the answers of an engineer."""

import uuid
from typing import Annotated, Literal

from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, gettext_noop
from ninja import Body, Query, Router, Status

from astreinte.api.v1 import rights
from astreinte.api.v1.cursors import cut
from astreinte.api.v1.door import ApiRequest, Bearer
from astreinte.api.v1.problems import Unknown
from astreinte.api.v1.shapes.asked import AcknowledgeIn, PublicMessageIn, SuspicionIn
from astreinte.api.v1.shapes.incidents import IncidentOut, Incidents, Reader, incident_out, reader_of
from astreinte.api.v1.values import Cursor, Name, minutes
from astreinte.customers import queries as customers
from astreinte.flows import acknowledge, announce, follow_incident, recover, suspect
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring import said
from astreinte.monitoring.models import Incident

router = Router(tags=["incidents"])
State = Literal["suspected", "open", "resolved"]
ONE_OF_BOTH = gettext_noop("Write either text, or texts by language.")


def reader(request: ApiRequest, *incidents: Incident) -> Reader:
    """The caller, as the shapes want to know them to show these."""
    names = customers.servers_of(request.person).values_list("name", flat=True)
    return reader_of(request.person, incidents, sees=frozenset(names))


def _out(request: ApiRequest, public_id: uuid.UUID) -> IncidentOut:
    """One of them as it is now."""
    found = _found(request, public_id)
    return incident_out(found, reader=reader(request, found))


def _found(request: ApiRequest, public_id: uuid.UUID) -> Incident:
    return get_object_or_404(monitoring.seen_by(request.person), public_id=public_id)


@router.get("/incidents", response=Incidents, url_name="incidents", operation_id="list_incidents", summary="Incidents")
def incidents(  # noqa: PLR0917 - the filters of a list
    request: ApiRequest,
    server: Annotated[Name | None, Query()] = None,
    state: Annotated[State | None, Query()] = None,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Incidents:
    """The incidents of the caller's servers, newest first; with `server` the past of one of them."""
    seen = monitoring.seen_by(request.person)
    rows = seen.filter(servers=get_object_or_404(customers.servers_of(request.person), name=server)) if server else seen
    found, after = cut(rows.filter(state=state) if state else rows, cursor=cursor, limit=limit)
    who = reader(request, *found)
    return Incidents(items=[incident_out(one, reader=who) for one in found], next=after)


@router.get(
    "/incidents/{id}", response=IncidentOut, url_name="incident", operation_id="get_incident", summary="One incident"
)
def incident(request: ApiRequest, id: uuid.UUID) -> IncidentOut:  # noqa: A002 - the contract's name
    """One incident of the caller's servers: since when, who has it, and what was said about it in public."""
    return _out(request, id)


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
    return _out(request, id)


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
    return _out(request, id)


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
    suspect.confirm(_found(request, id), clause=payload.clause, by=rights.engineer(request), at=request.at)
    return _out(request, id)


def _words(payload: PublicMessageIn) -> announce.Words:
    """What is to be said. A text alone is in the language of the request, or in the desk's first when the desk does not speak it."""
    if (payload.text is None) == (payload.texts is None):
        raise Unknown("text", ONE_OF_BOTH)
    spoken, mine = said.languages(), (get_language() or "")[:2]
    alone = {mine if mine in spoken else spoken[0]: payload.text or ""}
    texts = dict(payload.texts) if payload.texts is not None else alone
    return announce.Words(stage=payload.stage, texts=texts, next_update=minutes(payload.next_update_minutes))


@router.post(
    "/incidents/{id}/messages",
    auth=Bearer("tickets"),
    response={201: IncidentOut},
    url_name="incident_messages",
    operation_id="say_in_public",
    summary="Say something in public",
)
def incident_messages(request: ApiRequest, id: uuid.UUID, payload: PublicMessageIn) -> Status[IncidentOut]:  # noqa: A002
    """By an engineer: customers concerned and those who follow the incident read it. Its stage ends nothing, unless `resolve` is true.

    409 `not-open` once it is over, but for a last word; with `resolve` 409 `still-failing` while a check fails, and nothing is said.
    """
    found = _found(request, id)
    verb = recover.with_words if payload.resolve else announce.message
    verb(found, _words(payload), by=rights.engineer(request), at=request.at)
    return Status(201, _out(request, id))


@router.post(
    "/incidents/{id}/follow",
    auth=Bearer("tickets"),
    response=IncidentOut,
    url_name="incident_follow",
    operation_id="follow_incident",
    summary="Follow",
)
def incident_follow(request: ApiRequest, id: uuid.UUID) -> IncidentOut:  # noqa: A002
    """The caller reads by e-mail what is said in public about it, and its end. Free; twice is once. 409 `not-open` once it is over."""
    follow_incident.follow(_found(request, id), person=request.person, at=request.at)
    return _out(request, id)


@router.delete(
    "/incidents/{id}/follow",
    auth=Bearer("tickets"),
    response=IncidentOut,
    url_name="incident_follow",
    operation_id="unfollow_incident",
    summary="Follow no more",
)
def incident_unfollow(request: ApiRequest, id: uuid.UUID) -> IncidentOut:  # noqa: A002
    """No more of it, at any time; twice is once."""
    follow_incident.unfollow(_found(request, id), person=request.person, at=request.at)
    return _out(request, id)
