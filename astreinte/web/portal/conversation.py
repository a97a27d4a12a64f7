"""Say something in a ticket, with files; and download them, checked again each time."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from astreinte.core.refusals import Refusal
from astreinte.flows import converse
from astreinte.tickets import files
from astreinte.tickets import queries as cases
from astreinte.web.portal import thread
from astreinte.web.portal.found import own_ticket_or_404, ticket_or_404
from astreinte.web.portal.ticket import ticket_page
from astreinte.web.requests import PersonRequest

# A file is somebody's: it is never shown by this site, whatever it says it is (reliability, S5).
SANDBOX = "sandbox; default-src 'none'"


@require_POST
def say(request: PersonRequest, ref: str) -> HttpResponse:
    """A message to the engineer, with its files."""
    ticket = own_ticket_or_404(request, ref)
    body = request.POST.get("body", "")
    try:
        checked = [(files.check(one.name or "", one), one) for one in request.FILES.getlist("files")]
        with files.kept(checked) as uploads:
            converse.say(ticket, body=thread.short_enough(body), uploads=uploads, by=request.user, at=request.at)
    except Refusal as refusal:
        return ticket_page(request, ticket, refusal=refusal, body=body)
    return redirect(reverse("portal:ticket", args=[ticket.ref]) + "#conversation")


@require_safe
def attachment(request: PersonRequest, ref: str, public_id: UUID) -> FileResponse:
    """A file of the conversation, to be saved."""
    ticket = ticket_or_404(request, ref)
    messages = cases.messages_seen_by(request.user, ticket).filter(attachments__public_id=public_id)
    found = next((one for message in messages for one in message.attachments.all() if one.public_id == public_id), None)
    if found is None:
        raise Http404
    try:
        data = files.open_stored(found)
    except FileNotFoundError as lost:
        raise Http404 from lost
    response = FileResponse(data, as_attachment=True, filename=found.name, content_type=found.content_type)
    response["Content-Security-Policy"] = SANDBOX
    return response
