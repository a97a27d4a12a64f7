"""Questions about money: the tariff of a day, what is to be issued, what a person may see."""

from datetime import date, datetime

from django.db.models import QuerySet

from astreinte.accounts.models import Provider, User
from astreinte.billing.models import Charge, Invoice, Tariff
from astreinte.billing.rules.parties import Party, PartyKind
from astreinte.billing.states import InvoiceState
from astreinte.core.configuration import remembered
from astreinte.customers import queries as customers
from astreinte.customers.models import Customer

URGENT = "urgent_intervention"


@remembered
def tariff_on(day: date, *, kind: str = URGENT) -> Tariff | None:
    """The price of this day (in the provider's time zone)."""
    return Tariff.objects.filter(kind=kind, from_date__lte=day).order_by("-from_date").first()


def seller(provider: Provider) -> Party:
    """The provider, as invoices know it."""
    return Party(
        name=provider.name,
        legal_name=provider.legal_name,
        kind=PartyKind.BUSINESS,
        street=provider.street,
        postcode=provider.postcode,
        city=provider.city,
        country=provider.country,
        siren=provider.siren,
        siret=provider.siret,
        vat_number=provider.vat_number,
        legal_form=provider.legal_form,
        register=provider.register,
        iban=provider.iban,
        email=provider.email,
        language=(provider.languages or ["fr"])[0],
        franchise=provider.franchise,
    )


def buyer(customer: Customer) -> Party:
    """A customer, as invoices know it."""
    return Party(
        name=customer.name,
        legal_name=customer.name,
        kind=PartyKind(customer.kind),
        street=customer.street,
        postcode=customer.postcode,
        city=customer.city,
        country=customer.country,
        siren=customer.siren,
        siret=customer.siret,
        vat_number=customer.vat_number,
        language=customer.language,
    )


def seen_by(user: User) -> QuerySet[Invoice]:
    """The invoices and credit notes this person may open."""
    issued = Invoice.objects.exclude(state=InvoiceState.DRAFT).select_related("customer", "refers_to").order_by("-id")
    # a list of bills must not read their papers
    issued = issued.defer("pdf", "xml", "document", "refers_to__pdf", "refers_to__xml", "refers_to__document")
    return issued.filter(customer__in=customers.billed_customers(user))


def without_letter(*, limit: int = 50) -> list[Charge]:
    """The charges that wait for their letter to leave, oldest first; not those whose letter is known to be lost."""
    waiting = Charge.objects.filter(invoice__isnull=True, cancelled_at__isnull=True, issue_after__isnull=True)
    return list(waiting.filter(problem="").order_by("id")[:limit])


def to_issue(*, at: datetime, limit: int = 50) -> list[Charge]:
    """The charges whose review delay is over, and that nobody contests."""
    ready = Charge.objects.filter(
        invoice__isnull=True, cancelled_at__isnull=True, held_at__isnull=True, issue_after__lte=at
    )
    return list(ready.select_related("customer").order_by("issue_after", "id")[:limit])


def to_render(*, limit: int = 20) -> list[Invoice]:
    """The issued documents that have no PDF yet."""
    return list(
        Invoice.objects.filter(pdf_sha256__isnull=True).exclude(state=InvoiceState.DRAFT).order_by("id")[:limit]
    )


def charge_of(ticket_ref: str) -> Charge | None:
    """The charge of a ticket, if any."""
    return Charge.objects.filter(ticket_ref=ticket_ref).select_related("invoice").first()


def files(key: int) -> tuple[tuple[str, str, bytes], ...]:
    """The PDF of an issued document, as a file that travels with its e-mail: (name, content type, bytes)."""
    invoice = Invoice.objects.filter(pk=key, pdf__isnull=False).first()
    return ((f"{invoice.number}.pdf", "application/pdf", bytes(invoice.pdf or b"")),) if invoice else ()
