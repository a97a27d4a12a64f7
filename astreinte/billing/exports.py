"""Invoices and credit notes as plain dictionaries, the frozen document included. Reads only."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from astreinte.billing.models import Invoice
from astreinte.billing.states import InvoiceState
from astreinte.core.exports import instant
from astreinte.core.money import decimal_string


def invoices(*, since: datetime | None) -> Iterator[dict[str, Any]]:
    """Every issued document, oldest first."""
    rows = Invoice.objects.exclude(state=InvoiceState.DRAFT).select_related("customer", "refers_to").order_by("id")
    rows = rows.defer("pdf", "xml", "refers_to__pdf", "refers_to__xml")
    for invoice in (rows.filter(issued_on__gte=since.date()) if since else rows).iterator(chunk_size=100):
        yield {
            "number": invoice.number,
            "type": invoice.kind,
            "customer": invoice.customer.ref,
            "ticket": invoice.ticket_ref,
            "refers_to": invoice.refers_to.number if invoice.refers_to else None,
            "issued_on": str(invoice.issued_on),
            "due_on": str(invoice.due_on),
            "amount_excl_vat": decimal_string(invoice.amount_excl_cents),
            "vat_rate": invoice.vat_rate,
            "vat_amount": decimal_string(invoice.vat_cents),
            "amount_incl_vat": decimal_string(invoice.amount_incl_cents),
            "currency": invoice.currency,
            "state": invoice.state,
            "paid_at": instant(invoice.paid_at),
            "document": json.loads(invoice.document),
            "previous_sha256": invoice.previous_sha256,
            "sha256": invoice.sha256,
            "pdf_sha256": invoice.pdf_sha256,
        }
