"""Invoices and credit notes: the list, and each document as PDF and as XML."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from astreinte.billing import queries as billing
from astreinte.billing.models import Invoice
from astreinte.tickets import queries as cases
from astreinte.web.lists import page_of
from astreinte.web.requests import PersonRequest


@require_safe
def bills(request: PersonRequest) -> HttpResponse:
    """Every document this person may see, the newest first."""
    page = page_of(billing.seen_by(request.user), request)
    refs = {bill.ticket_ref for bill in page.rows}
    readable = {ref for ref in refs if cases.by_ref(cases.seen_by(request.user), ref)}
    return render(request, "portal/bills.html", {"page": page, "readable": readable})


def _seen(request: PersonRequest, public_id: UUID) -> Invoice:
    return get_object_or_404(billing.seen_by(request.user), public_id=public_id)


def document(content: bytes | None, *, name: str, content_type: str) -> HttpResponse:
    """A paper, to be kept; nothing in it runs."""
    if not content:
        raise Http404  # issued a moment ago, and not drawn yet
    response = HttpResponse(content, content_type=content_type, status=HTTPStatus.OK)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
def bill_pdf(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The document to read and to keep."""
    bill = _seen(request, public_id)
    content = bytes(bill.pdf) if bill.pdf else None
    return document(content, name=f"{bill.number}.pdf", content_type="application/pdf")


@require_safe
def bill_xml(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The document for a program (Factur-X)."""
    bill = _seen(request, public_id)
    content = bill.xml.encode() if bill.xml else None
    return document(content, name=f"{bill.number}.xml", content_type="application/xml")
