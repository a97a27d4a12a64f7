"""Charges whose review is over become invoices, one each; their PDF is made after the commit, and sent."""

from collections.abc import Callable
from datetime import date, datetime

import structlog

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import Provider
from astreinte.billing import actions as billing
from astreinte.billing import document as documents
from astreinte.billing import queries as bills
from astreinte.billing.document import InvoiceDocument
from astreinte.billing.models import Charge, Invoice
from astreinte.billing.rules.mentions import Note
from astreinte.billing.rules.totals import Line
from astreinte.core.actors import SYSTEM, Actor
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import tell, wait_for_letters
from astreinte.tickets import queries as cases

log = structlog.get_logger()
Render = Callable[[InvoiceDocument, datetime], tuple[bytes, str]]


class _TooLate(Refusal):
    """This charge was contested or invoiced meanwhile."""


class NotAsConsented(Refusal):
    """The VAT of this customer is not the one that was shown when the fee was accepted: a person must look."""


def due(*, at: datetime) -> int:
    """Issue all that is ready: its letter has left, and its review is over. What cannot be is set aside with its reason."""
    wait_for_letters.due(at=at)
    return sum(_issued(charge, at=at) for charge in bills.to_issue(at=at))


def _issued(charge: Charge, *, at: datetime) -> bool:
    try:
        return one(charge, at=at) is not None
    except _TooLate:
        return False  # another keeper was faster, or the customer contested: nothing is wrong
    except Refusal as refusal:
        log.warning("charge set aside", charge=charge.key, reason=refusal.sentence)
        billing.set_aside(charge, because=refusal.sentence % refusal.details, at=at)
        return False


@all_or_nothing
def one(charge: Charge, *, at: datetime) -> Invoice | None:
    """One charge, one invoice. None when it was contested or invoiced meanwhile."""
    provider = accounts.provider()
    if provider is None:
        return None
    invoice = billing.draft(kind="invoice", customer=charge.customer, ticket_ref=charge.ticket_ref)
    today = cases.local_day(at, provider).date()
    billing.issue(invoice, lambda number: _document(charge, provider, number=number, at=at), on=today, by=SYSTEM, at=at)
    if not billing.invoiced(charge, invoice):
        raise _TooLate
    return invoice


def _document(charge: Charge, provider: Provider, *, number: str, at: datetime) -> InvoiceDocument:
    buyer = bills.buyer(charge.customer)
    language = "fr" if buyer.language == "fr" else "en"
    text = WORDS[language]
    document = documents.build(
        number=number,
        issued_on=cases.local_day(at, provider).date(),
        service_on=charge.performed_on,
        seller=bills.seller(provider),
        buyer=buyer,
        ticket=charge.ticket_ref,
        lines=[
            Line(
                name=text["line"].format(ref=charge.ticket_ref),
                unit_price_cents=charge.amount_cents,
                description=text["about"].format(**_said(charge, language=language)),
            )
        ],
    )
    if (document.treatment.category, document.treatment.rate) != (charge.vat_category, charge.vat_rate):
        raise NotAsConsented
    return document


def _said(charge: Charge, *, language: str) -> dict[str, str]:
    """What the fee is for and what it rests on: the clause, the acceptance and the evidence, told by the start of their SHA-256."""
    said = charge.description
    accepted = f"{date.fromisoformat(said['accepted_on']):{DAY[language]}}"
    proofs = ", ".join(one[:SHOWN] for one in said["evidence"])
    return {
        **said,
        "clause": said["clause"][language],
        "accepted": accepted,
        "consent": said["consent"][:SHOWN],
        "evidence": proofs,
    }


DAY = {"fr": "%d/%m/%Y", "en": "%d %b %Y"}
SHOWN = 12
WORDS = {
    "fr": {
        "line": "Intervention sur ticket urgent n° {ref}",
        "about": (
            "Serveur {server} : {subject}\nClause : {clause}.\n"
            "Prix accepté le {accepted} par {accepted_by} (SHA-256 {consent}…). Constats : SHA-256 {evidence}."
        ),
        "credit": "Suite à la contestation acceptée du verdict.",
        "review": "Suite au réexamen du verdict : un incident de notre côté, connu depuis, couvre l’intervention.",
    },
    "en": {
        "line": "Intervention on urgent ticket no. {ref}",
        "about": (
            "Server {server}: {subject}\nClause: {clause}.\n"
            "Price accepted on {accepted} by {accepted_by} (SHA-256 {consent}…). Evidence: SHA-256 {evidence}."
        ),
        "credit": "Following the accepted dispute of the verdict.",
        "review": "Following the review of the verdict: an incident on our side, known since, covers the intervention.",
    },
}


@all_or_nothing
def credit(invoice: Invoice, *, because: str = "credit", by: Actor, at: datetime) -> Invoice:
    """The whole invoice is given back, by a document of its own that refers to it. `because`: `credit` or `review`, of WORDS."""
    provider = accounts.provider()
    original = InvoiceDocument.from_json(invoice.document)
    today = cases.local_day(at, provider).date() if provider else at.date()
    note = billing.draft(
        kind="credit-note", customer=invoice.customer, ticket_ref=invoice.ticket_ref, refers_to=invoice
    )
    reason = Note(code="AAI", text=WORDS[original.language][because])
    billing.issue(
        note,
        lambda number: documents.credit(original, number=number, issued_on=today, extra_notes=[reason]),
        on=today,
        by=by,
        at=at,
    )
    billing.credited(invoice, note=note, by=by, at=at)
    return note


def render(*, renderer: Render, at: datetime) -> int:
    """Make the PDF and the XML of every issued document that has none, outside any transaction, and send it."""
    return sum(_rendered(invoice, renderer=renderer, at=at) for invoice in bills.to_render())


def _rendered(invoice: Invoice, *, renderer: Render, at: datetime) -> bool:
    try:
        pdf, xml = renderer(InvoiceDocument.from_json(invoice.document), at)
    except Exception:
        log.exception("invoice not rendered", invoice=invoice.number)
        return False
    return _attached(invoice, pdf=pdf, xml=xml, at=at)


@all_or_nothing
def _attached(invoice: Invoice, *, pdf: bytes, xml: str, at: datetime) -> bool:
    if not billing.attach(invoice, pdf=pdf, xml=xml, by=SYSTEM, at=at):
        return False
    tell.invoice(invoice, about=f"invoice/{invoice.pk}", at=at)
    return True
