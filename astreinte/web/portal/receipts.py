"""The paper of what was accepted."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from astreinte.tickets import papers
from astreinte.web.portal.bills import document
from astreinte.web.portal.found import ticket_or_404
from astreinte.web.requests import PersonRequest


@require_safe
def receipt(request: PersonRequest, ref: str) -> HttpResponse:
    """The acceptance of this ticket as a PDF, as it was e-mailed."""
    ticket = ticket_or_404(request, ref)
    found = papers.files(ticket.consent_id) if ticket.consent_id else ()
    return document(found[0][2] if found else None, name=f"{ticket.ref}.pdf", content_type="application/pdf")
