"""Calls about the evidence of a ticket: the list with its receipts, and the packs themselves."""

from http import HTTPStatus

from django.http import HttpResponse
from ninja import Router

from astreinte.api.v1 import rights
from astreinte.api.v1.door import ApiRequest
from astreinte.api.v1.shapes.evidence import TicketEvidence, evidence_out
from astreinte.api.v1.values import Name
from astreinte.core.refusals import Refusal
from astreinte.tickets import packs
from astreinte.tickets import queries as cases

router = Router(tags=["tickets"])


class NotSealed(Refusal):
    """No evidence of %(ticket)s is sealed yet: it is some seconds after an urgent ticket is opened."""

    slug = "not-sealed"
    status = HTTPStatus.CONFLICT


@router.get(
    "/tickets/{ref}/evidence",
    response=TicketEvidence,
    url_name="ticket_evidence",
    operation_id="list_evidence",
    summary="Evidence",
)
def ticket_evidence(request: ApiRequest, ref: Name) -> TicketEvidence:
    """What a verdict may rest on, and the receipts of the packs it is sealed in."""
    ticket = rights.ticket_seen(request, ref)
    return evidence_out(ticket, cases.evidence_of(ticket), list(packs.sealed(ticket)), packs.places(ticket))


@router.get(
    "/tickets/{ref}/evidence.json",
    url_name="ticket_evidence_file",
    operation_id="get_evidence_file",
    summary="The sealed packs",
)
def ticket_evidence_file(request: ApiRequest, ref: Name) -> HttpResponse:
    """All the packs in one file, which `verify.py` (at `/verify.py`) checks without us: format `astreinte-evidence/2`."""
    ticket = rights.ticket_seen(request, ref)
    content = packs.file(ticket)
    if not content:
        raise NotSealed(ticket=ticket.ref)
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{ticket.ref}-evidence.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
