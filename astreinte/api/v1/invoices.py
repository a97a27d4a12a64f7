"""Calls about invoices and credit notes: in figures, as PDF and as XML."""

from http import HTTPStatus
from typing import Annotated

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from astreinte.api.v1.cursors import cut
from astreinte.api.v1.door import ApiRequest, Bearer
from astreinte.api.v1.shapes.invoices import InvoiceOut, Invoices, invoice_out
from astreinte.api.v1.values import Cursor, Name
from astreinte.billing import queries as bills
from astreinte.billing.models import Invoice
from astreinte.core.refusals import Refusal

router = Router(tags=["invoices"], auth=Bearer("billing"))


class NotReady(Refusal):
    """The document %(number)s is being drawn: ask again in a minute."""

    slug = "not-ready"
    status = HTTPStatus.CONFLICT


def _seen(request: ApiRequest, number: str) -> Invoice:
    return get_object_or_404(bills.seen_by(request.person), number=number)


def _file(content: bytes | None, *, number: str, kind: str, content_type: str) -> HttpResponse:
    if not content:
        raise NotReady(number=number)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{number}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@router.get("/invoices", response=Invoices, url_name="invoices", operation_id="list_invoices", summary="Invoices")
def invoices(
    request: ApiRequest,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Invoices:
    """The invoices and credit notes the caller may see, newest first."""
    found, after = cut(bills.seen_by(request.person), cursor=cursor, limit=limit)
    return Invoices(items=[invoice_out(invoice) for invoice in found], next=after)


# Before `/invoices/{number}`, which would take their names for a number.
@router.get(
    "/invoices/{number}.pdf", url_name="invoice_pdf", operation_id="get_invoice_pdf", summary="An invoice in PDF"
)
def invoice_pdf(request: ApiRequest, number: Name) -> HttpResponse:
    """The document as PDF/A-3, with its XML inside (Factur-X)."""
    found = _seen(request, number)
    pdf = bytes(found.pdf) if found.pdf else None
    return _file(pdf, number=str(found.number), kind="pdf", content_type="application/pdf")


@router.get(
    "/invoices/{number}.xml", url_name="invoice_xml", operation_id="get_invoice_xml", summary="An invoice in XML"
)
def invoice_xml(request: ApiRequest, number: Name) -> HttpResponse:
    """The document as EN 16931 XML (CII)."""
    found = _seen(request, number)
    xml = found.xml.encode() if found.xml else None
    return _file(xml, number=str(found.number), kind="xml", content_type="application/xml")


@router.get(
    "/invoices/{number}", response=InvoiceOut, url_name="invoice", operation_id="get_invoice", summary="One invoice"
)
def invoice(request: ApiRequest, number: Name) -> InvoiceOut:
    """One invoice or credit note, in figures."""
    return invoice_out(_seen(request, number))
