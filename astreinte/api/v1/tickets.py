"""Calls about tickets: read them, open one, talk, attach files."""

import uuid
from collections.abc import Iterable
from typing import Annotated, Literal

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from ninja import File, Form, Query, Router, Status, UploadedFile
from pydantic import AfterValidator

from astreinte.api.v1 import rights
from astreinte.api.v1.cursors import cut
from astreinte.api.v1.door import ApiRequest, Bearer
from astreinte.api.v1.shapes import cases as filled
from astreinte.api.v1.shapes.asked import Accept, MessageIn, TicketIn
from astreinte.api.v1.shapes.tickets import MessageOut, TicketOut, Tickets
from astreinte.api.v1.values import TEXT_LENGTH, Cursor, Name, cents, clean
from astreinte.billing import queries as bills
from astreinte.core import timeline
from astreinte.customers import queries as customers
from astreinte.flows import converse, open_ticket
from astreinte.tickets import diagnoses, files, proposals, sight
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Diagnosis, Message, Ticket

router = Router(tags=["tickets"])
writes = Bearer("tickets")
State = Literal["open", "acknowledged", "resolved", "closed", "cancelled"]
Mode = Literal["standard", "urgent"]
AT_ONCE = 10


def whole(request: ApiRequest, ticket: Ticket) -> TicketOut:
    """A ticket as it is now, read again, with all that its reader may see of it."""
    return shown(request, rights.ticket_seen(request, ticket.ref))


def shown(request: ApiRequest, now: Ticket, *, messages: Iterable[Message] | None = None) -> TicketOut:
    """A ticket that was just read or just written, with all that its reader may see of it."""
    reader = request.person
    case = filled.Case(
        evidence=cases.evidence_of(now),
        messages=cases.messages_seen_by(reader, now) if messages is None else messages,
        lines=sight.timeline_seen_by(reader, now),
        proposed=proposals.of_ticket(now) if reader.handles_cases else None,
    )
    return filled.ticket_out(now, case, billed=now.customer_id in customers.billed_to(reader))


@router.get("/tickets", response=Tickets, url_name="tickets", operation_id="list_tickets", summary="Tickets")
def tickets(  # noqa: PLR0917 - the filters of a list
    request: ApiRequest,
    state: Annotated[State | None, Query()] = None,
    mode: Annotated[Mode | None, Query()] = None,
    server: Annotated[Name | None, Query()] = None,
    rehearsal: Annotated[bool, Query(description="The rehearsals, and nothing else.")] = False,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Tickets:
    """The tickets of the caller's servers, newest first; rehearsals only when asked for."""
    # a rehearsal is shown as an urgent ticket: its mode is told apart by `rehearsal` alone
    asked = {"state": state, "mode": None if rehearsal and mode == "urgent" else mode, "server__name": server}
    seen = sight.rehearsals_seen_by(request.person) if rehearsal else sight.real_seen_by(request.person)
    rows = sight.with_verdicts(seen).filter(**{name: one for name, one in asked.items() if one})
    found, after = cut(rows, cursor=cursor, limit=limit)
    billed = customers.billed_to(request.person)
    return Tickets(items=[filled.summary_of(one, billed=one.customer_id in billed) for one in found], next=after)


def _etag(ticket: Ticket) -> str:
    """The last number of all that tells this case; the language and the reader change nothing for one token."""
    charge = bills.charge_of(ticket.ref)
    told = [*cases.stories(ticket), *([f"invoice/{charge.invoice_id}"] if charge and charge.invoice_id else [])]
    return f'"{ticket.pk}-{timeline.last_number(*told)}"'


@router.get("/tickets/{ref}", response=TicketOut, url_name="ticket", operation_id="get_ticket", summary="One ticket")
def ticket(request: ApiRequest, response: HttpResponse, ref: Name) -> TicketOut | HttpResponse:
    """One ticket with its page, clocks, verdict, invoice, evidence, conversation and history.

    Its ETag changes with its history: send it back in `If-None-Match` and "nothing new" is a 304.
    """
    found = rights.ticket_seen(request, ref)
    etag = _etag(found)
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers={"ETag": etag})
    response["ETag"] = etag
    return shown(request, found)


@router.post(
    "/tickets",
    response={201: TicketOut},
    url_name="tickets",
    operation_id="open_ticket",
    summary="Open a ticket",
    auth=writes,
)
def open_one(request: ApiRequest, payload: TicketIn) -> Status[TicketOut]:
    """Open a ticket. An urgent one rings an engineer now, and needs the acceptance of the current offer (`GET /offer`).

    Without `accept`, or with another amount or text than the current ones, nothing is opened: 409 with the current offer.
    """
    server = customers.server_of(request.person, name=payload.server)
    if server is None:
        raise Http404
    opening = open_ticket.Opening(
        symptom=payload.symptom.value,
        subject=payload.subject,
        body=payload.body,
        language=translation.get_language(),
        key=f"api:{uuid.uuid4()}",  # a retry with the same Idempotency-Key never comes here: see edits.once
    )
    by, at = request.person, request.at
    diagnosis = _diagnosis(request, payload.diagnosis)
    if payload.mode == "standard":
        opened = open_ticket.standard(opening, server=server, diagnosis=diagnosis, by=by, at=at)
    else:
        opened = open_ticket.urgent(
            opening,
            server=server,
            acceptance=_acceptance(payload.accept),
            given=_given(request),
            diagnosis=diagnosis,
            by=by,
            at=at,
        )
    return Status(201, shown(request, opened, messages=()))


def _diagnosis(request: ApiRequest, asked: uuid.UUID | None) -> Diagnosis | None:
    if asked is None:
        return None
    return get_object_or_404(diagnoses.seen_by(request.person), public_id=asked, ticket=None)


def _acceptance(accept: Accept | None) -> open_ticket.Acceptance | None:
    if accept is None:
        return None
    return open_ticket.Acceptance(
        amount_excl_cents=cents(accept.amount_excl_vat),
        text_sha256=accept.text_sha256,
        box=accept.withdrawal_waived,
    )


def _given(request: ApiRequest) -> open_ticket.Given:
    return open_ticket.Given(
        channel="api",
        ip=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.headers.get("User-Agent", "")[:500],
    )


@router.post(
    "/tickets/{ref}/messages",
    response={201: MessageOut},
    url_name="ticket_messages",
    operation_id="add_message",
    summary="Say something",
    auth=writes,
)
def ticket_messages(request: ApiRequest, ref: Name, payload: MessageIn) -> Status[MessageOut]:
    """A word in the conversation, whatever the state of the ticket; those concerned get an e-mail."""
    found = rights.ticket_seen(request, ref)
    message = converse.say(found, body=payload.body, internal=payload.internal, by=request.person, at=request.at)
    return Status(201, filled.message_out(message))


@router.post(
    "/tickets/{ref}/attachments",
    response={201: MessageOut},
    url_name="ticket_attachments",
    operation_id="add_attachments",
    summary="Attach files",
    auth=writes,
)
def ticket_attachments(  # noqa: PLR0917 - the fields of a form
    request: ApiRequest,
    ref: Name,
    file: Annotated[list[UploadedFile], File()],
    body: Annotated[str, AfterValidator(clean), Form("", max_length=TEXT_LENGTH)] = "",
    internal: Annotated[bool, Form()] = False,
) -> Status[MessageOut]:
    """A word with its files: images, PDF, text, zip and gz, 20 MiB at most, told by their content. Nothing is unpacked."""
    found = rights.ticket_seen(request, ref)
    checked = [(files.check(one.name or "", one), one) for one in file[:AT_ONCE]]
    with files.kept(checked) as uploads:
        message = converse.say(found, body=body, internal=internal, uploads=uploads, by=request.person, at=request.at)
    return Status(201, filled.message_out(message))


@router.get(
    "/tickets/{ref}/attachments/{id}",
    url_name="ticket_attachment",
    operation_id="get_attachment",
    summary="An attached file",
)
def ticket_attachment(request: ApiRequest, ref: Name, id: uuid.UUID) -> FileResponse:  # noqa: A002
    """The bytes of a file of the conversation, as they came: to be saved, never shown by a browser."""
    found = rights.ticket_seen(request, ref)
    attachment = get_object_or_404(sight.attachments_seen_by(request.person, found), public_id=id)
    try:
        stored = files.open_stored(attachment)
    except FileNotFoundError as lost:
        raise Http404 from lost
    response = FileResponse(stored, as_attachment=True, filename=attachment.name, content_type=attachment.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
