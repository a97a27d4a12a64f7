"""What the clerk looks at: charges that wait, documents page by page, and the journal of all of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, QuerySet

from astreinte.accounts.models import User
from astreinte.billing import queries as bills
from astreinte.billing.models import Charge, Invoice
from astreinte.core import money
from astreinte.customers import queries as customers

PAGE_LENGTH = 25
_HEAVY = ("document", "pdf", "xml", "refers_to__document", "refers_to__pdf", "refers_to__xml")
JOURNAL = (
    "number", "kind", "issued_on", "due_on", "customer", "siren", "vat_number", "country", "ticket", "refers_to",
    "amount_excl", "vat_rate", "vat", "amount_incl", "currency", "state", "paid_at",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One page of documents, newest first; `newer` and `older` are the keys to go on with, None at the ends."""

    invoices: tuple[Invoice, ...]
    newer: int | None
    older: int | None


def waiting(user: User) -> QuerySet[Charge]:
    """The charges that are on no invoice yet, the ones with a problem first, then by what is issued first."""
    charges = Charge.objects.filter(invoice__isnull=True, cancelled_at__isnull=True)
    mine = charges.filter(customer__in=customers.billed_customers(user)).select_related("customer")
    return mine.order_by(F("problem").desc(), F("issue_after").asc(nulls_last=True), "id")


def page(user: User, *, before: int | None = None, after: int | None = None) -> Slice:
    """Invoices and credit notes this person may open, newest first, without their heavy parts."""
    found = bills.seen_by(user).defer(*_HEAVY)
    if after is not None:
        rows = list(found.filter(pk__gt=after).order_by("pk")[: PAGE_LENGTH + 1])
        return _slice(rows[:PAGE_LENGTH][::-1], newer=len(rows) > PAGE_LENGTH, older=True)
    rows = list((found.filter(pk__lt=before) if before is not None else found)[: PAGE_LENGTH + 1])
    return _slice(rows[:PAGE_LENGTH], newer=before is not None, older=len(rows) > PAGE_LENGTH)


def _slice(shown: list[Invoice], *, newer: bool, older: bool) -> Slice:
    return Slice(
        invoices=tuple(shown),
        newer=shown[0].pk if shown and newer else None,
        older=shown[-1].pk if shown and older else None,
    )


def journal(user: User) -> Iterator[tuple[str, ...]]:
    """Every issued document as a line of the journal, in the order of the numbers; amounts of credit notes are negative."""
    rows = bills.seen_by(user).defer(*_HEAVY).order_by("issued_on", "series", "sequence")
    for invoice in rows.iterator(chunk_size=500):
        yield _line(invoice)


def _line(invoice: Invoice) -> tuple[str, ...]:
    sign = -1 if invoice.kind == "credit-note" else 1
    buyer = invoice.customer
    excl, vat, incl = (
        money.decimal_string(sign * cents)
        for cents in (invoice.amount_excl_cents, invoice.vat_cents, invoice.amount_incl_cents)
    )
    dates = [day.isoformat() if day else "" for day in (invoice.issued_on, invoice.due_on)]
    refers_to = invoice.refers_to.number if invoice.refers_to else ""
    paid_at = invoice.paid_at.isoformat() if invoice.paid_at else ""
    return (
        invoice.number or "", invoice.kind, *dates, buyer.name, buyer.siren, buyer.vat_number, buyer.country,
        invoice.ticket_ref, refers_to or "", excl, invoice.vat_rate, vat, incl, invoice.currency, invoice.state, paid_at,
    )  # fmt: skip
