"""Calls that move a ticket: cancel, take, hand over, resolve, reopen, decide, contest."""

from typing import Annotated

from ninja import Body, Router, Status

from astreinte.api.v1 import rights
from astreinte.api.v1.door import ApiRequest, Bearer
from astreinte.api.v1.oncall import colleague
from astreinte.api.v1.shapes.asked import (
    AcknowledgeIn,
    AddPersonIn,
    DecisionIn,
    DisputeIn,
    HandOverIn,
    ResolveIn,
    VerdictIn,
)
from astreinte.api.v1.shapes.tickets import TicketOut
from astreinte.api.v1.tickets import whole
from astreinte.api.v1.values import Name, minutes
from astreinte.flows import acknowledge, add_people, cancel, contest, give_verdict, hand_over, resolve
from astreinte.tickets import packs

router = Router(tags=["tickets"], auth=Bearer("tickets"))


@router.post(
    "/tickets/{ref}/cancel",
    response=TicketOut,
    url_name="ticket_cancel",
    operation_id="cancel_ticket",
    summary="Cancel",
)
def ticket_cancel(request: ApiRequest, ref: Name) -> TicketOut:
    """By the customer, free, until somebody has taken charge; the ringing stops with it."""
    found = rights.ticket_seen(request, ref)
    return whole(request, cancel.ticket(found, by=rights.member_of(request, found), at=request.at))


@router.post(
    "/tickets/{ref}/acknowledge",
    response=TicketOut,
    url_name="ticket_acknowledge",
    operation_id="acknowledge_ticket",
    summary="Take charge",
)
def ticket_acknowledge(
    request: ApiRequest, ref: Name, payload: Annotated[AcknowledgeIn | None, Body()] = None
) -> TicketOut:
    """By an engineer: the ringing stops, the clock of the intervention too, and the customer is told who comes."""
    found = rights.ticket_seen(request, ref)
    person, eta = rights.engineer(request), minutes(payload.eta_minutes if payload else None)
    return whole(request, acknowledge.ticket(found, person=person, via="api", eta=eta, at=request.at))


@router.post(
    "/tickets/{ref}/hand-over",
    response=TicketOut,
    url_name="ticket_hand_over",
    operation_id="hand_over_ticket",
    summary="Hand over",
)
def ticket_hand_over(request: ApiRequest, ref: Name, payload: HandOverIn) -> TicketOut:
    """By an engineer: it rings again at once, the colleague first, or from the start of its escalation."""
    found = rights.ticket_seen(request, ref)
    by = rights.engineer(request)
    to = colleague(payload.to, field="to") if payload.to else None
    return whole(request, hand_over.ticket(found, to=to, by=by, at=request.at))


@router.post(
    "/tickets/{ref}/add",
    response=TicketOut,
    url_name="ticket_add",
    operation_id="add_person",
    summary="Call one more person",
)
def ticket_add(request: ApiRequest, ref: Name, payload: AddPersonIn) -> TicketOut:
    """By an engineer: a colleague is rung now. The escalation goes on unbroken; once somebody has it, they are asked to help."""
    found = rights.ticket_seen(request, ref)
    by = rights.engineer(request)
    person = colleague(payload.email, field="email")
    return whole(request, add_people.ticket(found, person=person, by=by, at=request.at))


@router.post(
    "/tickets/{ref}/resolve",
    response=TicketOut,
    url_name="ticket_resolve",
    operation_id="resolve_ticket",
    summary="Resolve",
)
def ticket_resolve(request: ApiRequest, ref: Name, payload: ResolveIn) -> TicketOut:
    """By an engineer: both clocks stop; the conversation and the story become evidence."""
    found = rights.ticket_seen(request, ref)
    by = rights.engineer(request)
    return whole(request, resolve.ticket(found, summary=payload.summary, by=by, at=request.at))


@router.post(
    "/tickets/{ref}/reopen",
    response=TicketOut,
    url_name="ticket_reopen",
    operation_id="reopen_ticket",
    summary="Reopen",
)
def ticket_reopen(request: ApiRequest, ref: Name) -> TicketOut:
    """By an engineer: it was not over. Not once the verdict was given."""
    found = rights.ticket_seen(request, ref)
    return whole(request, resolve.reopen(found, by=rights.engineer(request), at=request.at))


@router.post(
    "/tickets/{ref}/verdict",
    response={201: TicketOut, 202: TicketOut},
    url_name="ticket_verdict",
    operation_id="give_verdict",
    summary="Give the verdict",
)
def ticket_verdict(request: ApiRequest, ref: Name, payload: VerdictIn) -> Status[TicketOut]:
    """By an engineer, once resolved. The clause and the ticket's policy decide the coverage; `undetermined` is never billed.

    One that would bill against the advice of the diagnosis answers 202, `to-review`: a manager who did not give it posts the same to confirm.
    """
    found = rights.ticket_seen(request, ref)
    by = rights.engineer(request)
    chosen = list(packs.proofs_of(found).filter(public_id__in=payload.evidence))
    if len(chosen) != len(set(payload.evidence)):
        raise give_verdict.NoEvidence
    given = give_verdict.give(
        found, clause=payload.clause, justification=payload.justification, evidence=chosen, by=by, at=request.at
    )
    return Status(201 if given else 202, whole(request, found))


@router.post(
    "/tickets/{ref}/dispute",
    response={201: TicketOut},
    url_name="ticket_dispute",
    operation_id="open_dispute",
    summary="Contest the verdict",
)
def ticket_dispute(request: ApiRequest, ref: Name, payload: DisputeIn) -> Status[TicketOut]:
    """By the customer, within 30 days, once: nothing more is invoiced until somebody else has decided."""
    found = rights.ticket_seen(request, ref)
    contest.open(found, reason=payload.reason, by=rights.member_of(request, found), at=request.at)
    return Status(201, whole(request, found))


@router.post(
    "/tickets/{ref}/dispute/decision",
    response=TicketOut,
    url_name="ticket_dispute_decision",
    operation_id="decide_dispute",
    summary="Answer the dispute",
)
def ticket_dispute_decision(request: ApiRequest, ref: Name, payload: DecisionIn) -> TicketOut:
    """By a manager who did not give the verdict. Upheld: what was invoiced is credited by itself."""
    found = rights.ticket_seen(request, ref)
    by = rights.manager(request)
    contest.decide(found, upheld=payload.upheld, answer=payload.reason, by=by, at=request.at)
    return whole(request, found)
