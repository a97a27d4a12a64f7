"""Invoices and credit notes: a copy of frozen facts."""

from datetime import date, datetime
from typing import Literal

from astreinte.api.v1.shapes.common import Shape, amount, example
from astreinte.billing.models import Invoice

_INVOICE = {
    "number": "F2026-000001",
    "type": "invoice",
    "issued_on": "2026-10-25",
    "due_on": "2026-11-24",
    "paid_at": None,
    "ticket": "T1001",
    "refers_to": None,
    "customer": "boulangerie",
    "amount_excl_vat": "95.00",
    "vat_rate": "20.00",
    "vat_amount": "19.00",
    "amount_incl_vat": "114.00",
    "currency": "EUR",
    "state": "issued",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}


class InvoiceOut(Shape):
    """An issued document; it never changes, a mistake is corrected by a credit note that `refers_to` it."""

    model_config = example(**_INVOICE)
    number: str
    type: Literal["invoice", "credit-note"]
    issued_on: date | None
    due_on: date | None
    paid_at: datetime | None
    ticket: str
    refers_to: str | None
    customer: str
    amount_excl_vat: str
    vat_rate: str
    vat_amount: str
    amount_incl_vat: str
    currency: str
    state: Literal["issued", "paid", "credited"]
    sha256: str


class Invoices(Shape):
    model_config = example(items=[_INVOICE], next=None)
    items: list[InvoiceOut]
    next: str | None


def invoice_out(invoice: Invoice) -> InvoiceOut:
    """An issued document in figures."""
    return InvoiceOut.model_validate(
        {
            "number": invoice.number or "",
            "type": invoice.kind,
            "issued_on": invoice.issued_on,
            "due_on": invoice.due_on,
            "paid_at": invoice.paid_at,
            "ticket": invoice.ticket_ref,
            "refers_to": invoice.refers_to.number if invoice.refers_to else None,
            "customer": invoice.customer.ref,
            "amount_excl_vat": amount(invoice.amount_excl_cents),
            "vat_rate": invoice.vat_rate,
            "vat_amount": amount(invoice.vat_cents),
            "amount_incl_vat": amount(invoice.amount_incl_cents),
            "currency": invoice.currency,
            "state": invoice.state,
            "sha256": invoice.sha256,
        }
    )
