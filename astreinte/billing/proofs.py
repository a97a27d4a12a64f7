"""Re-computes the proofs of the invoices: each document, the chain of its series, its numbers, its PDF. Reads only."""

from collections.abc import Iterator

from astreinte.billing.document import InvoiceDocument
from astreinte.billing.models import Invoice, NumberSeries
from astreinte.billing.states import InvoiceState
from astreinte.core import digests
from astreinte.core.proofs import CHANGED, Broken
from astreinte.core.refusals import Refusal, gettext_noop

GAP = gettext_noop("this number is missing from its series")
UNCHAINED = gettext_noop("it does not follow the document before it in its series")
OTHER_WORDS = gettext_noop("its columns do not say what its document says")
OTHER_PDF = gettext_noop("its PDF does not match its SHA-256")
COUNTER = gettext_noop("the counter of the series does not agree with its last document")
NO_SERIES = gettext_noop("its series has no counter")


def invoices() -> Iterator[Broken]:
    """What is broken, series by series, in the order of the numbers."""
    for series in NumberSeries.objects.order_by("name"):
        yield from _series(series)
    numbered = Invoice.objects.exclude(state=InvoiceState.DRAFT).order_by("id")
    for invoice in numbered.exclude(series__in=NumberSeries.objects.values("name")).defer("pdf"):
        yield Broken(row=_name(invoice), why=NO_SERIES)


def _name(invoice: Invoice) -> str:
    return f"invoice {invoice.number}"


def _series(series: NumberSeries) -> Iterator[Broken]:
    expected, previous = 1, ""
    for invoice in Invoice.objects.filter(series=series.name).order_by("sequence").iterator(chunk_size=50):
        for missing in range(expected, invoice.sequence or expected):
            yield Broken(row=f"series {series.name}, number {missing}", why=GAP)
            previous = invoice.previous_sha256
        yield from _document(invoice, previous=previous)
        expected, previous = (invoice.sequence or expected) + 1, invoice.sha256
    for missing in range(expected, series.last + 1):
        yield Broken(row=f"series {series.name}, number {missing}", why=GAP)
    if expected == series.last + 1 and series.last_sha256 != previous:
        yield Broken(row=f"series {series.name}", why=COUNTER)
    if expected > series.last + 1:
        yield Broken(row=f"series {series.name}", why=COUNTER)


def _document(invoice: Invoice, *, previous: str) -> Iterator[Broken]:
    if invoice.previous_sha256 != previous:
        yield Broken(row=_name(invoice), why=UNCHAINED)
    if digests.sha256(f"{invoice.previous_sha256}\n{invoice.document}") != invoice.sha256:
        yield Broken(row=_name(invoice), why=CHANGED)
    elif not _agrees(invoice):
        yield Broken(row=_name(invoice), why=OTHER_WORDS)
    if invoice.pdf_sha256 is not None and digests.sha256(bytes(invoice.pdf or b"")) != invoice.pdf_sha256:
        yield Broken(row=_name(invoice), why=OTHER_PDF)


def _agrees(invoice: Invoice) -> bool:
    try:
        document = InvoiceDocument.from_json(invoice.document)
    except Refusal:
        return False
    totals = document.totals
    said = (
        document.number,
        document.issued_on,
        document.due_on,
        document.ticket,
        "credit-note" if document.is_credit_note else "invoice",
        document.currency,
        (totals.net_cents, totals.vat_cents, totals.gross_cents, document.treatment.rate),
    )
    return said == (
        invoice.number,
        invoice.issued_on,
        invoice.due_on,
        invoice.ticket_ref,
        invoice.kind,
        invoice.currency,
        (invoice.amount_excl_cents, invoice.vat_cents, invoice.amount_incl_cents, invoice.vat_rate),
    )
