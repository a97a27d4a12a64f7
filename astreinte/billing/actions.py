"""The verbs of money: charge, hold, issue, credit, attach the rendering, note the payment."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from astreinte.billing.document import InvoiceDocument
from astreinte.billing.models import Charge, Invoice, NumberSeries
from astreinte.billing.rules import numbering
from astreinte.billing.states import MACHINE, InvoiceState
from astreinte.core import digests, timeline
from astreinte.core.actors import Actor
from astreinte.core.moves import move
from astreinte.customers.models import Customer


def charge(
    *,
    key: str,
    customer: Customer,
    ticket_ref: str,
    description: dict[str, Any],
    amount_cents: int,
    vat_rate: str,
    vat_category: str,
    performed_on: date,
    by: Actor,
    at: datetime,
) -> Charge:
    """A fee is owed; it is issued once its letter has left. The same key a second time makes nothing and answers the first."""
    made, new = Charge.objects.get_or_create(
        key=key,
        defaults={
            "customer": customer,
            "ticket_ref": ticket_ref,
            "description": description,
            "amount_cents": amount_cents,
            "vat_rate": vat_rate,
            "vat_category": vat_category,
            "performed_on": performed_on,
            "created_at": at,
        },
    )
    if new:
        timeline.record(made, "charge:made", at=at, by=by, story=key, amount_cents=amount_cents)
    return made


def hold(charge: Charge, *, by: Actor, at: datetime) -> None:
    """It is contested, or reviewed: not invoiced until decided."""
    if Charge.objects.filter(pk=charge.pk, held_at__isnull=True, invoice__isnull=True).update(held_at=at):
        timeline.record(charge, "charge:held", at=at, by=by, story=charge.key)


def let_go(charge: Charge, *, by: Actor, at: datetime) -> None:
    """The verdict stands: it may be invoiced again."""
    if Charge.objects.filter(pk=charge.pk, held_at__isnull=False).update(held_at=None):
        timeline.record(charge, "charge:released", at=at, by=by, story=charge.key)


def cancel(charge: Charge, *, by: Actor, at: datetime) -> bool:
    """It is not owed after all. False when it was already invoiced: then a credit note corrects it."""
    stopped = Charge.objects.filter(pk=charge.pk, invoice__isnull=True, cancelled_at__isnull=True).update(
        cancelled_at=at
    )
    if stopped:
        timeline.record(charge, "charge:cancelled", at=at, by=by, story=charge.key)
    return bool(stopped)


def letter_left(charge: Charge, *, issue_after: datetime) -> bool:
    """The customer was written to: it may be issued from then on. False when that was known."""
    waiting = Charge.objects.filter(pk=charge.pk, issue_after__isnull=True)
    return bool(waiting.update(issue_after=issue_after, problem=""))


def letter_lost(charge: Charge, *, because: str) -> bool:
    """Nobody could be written to: it is not issued, and says why. False when that was known."""
    waiting = Charge.objects.filter(pk=charge.pk, issue_after__isnull=True, problem="")
    return bool(waiting.update(problem=because[:500]))


def letter_again(charge: Charge) -> bool:
    """Another letter leaves: it waits for that one. False when it waits for none."""
    return bool(Charge.objects.filter(pk=charge.pk, issue_after__isnull=True).exclude(problem="").update(problem=""))


def set_aside(charge: Charge, *, because: str, at: datetime) -> None:
    """It cannot be invoiced as it is: kept with the reason, for the clerk. The others go on."""
    Charge.objects.filter(pk=charge.pk).update(problem=because[:500], issue_after=at + timedelta(hours=1))


def draft(*, kind: str, customer: Customer, ticket_ref: str, refers_to: Invoice | None = None) -> Invoice:
    """A document that does not exist yet for anybody else: issued in the same transaction."""
    return Invoice.objects.create(kind=kind, customer=customer, ticket_ref=ticket_ref, refers_to=refers_to)


def issue(invoice: Invoice, write: Callable[[str], InvoiceDocument], *, on: date, by: Actor, at: datetime) -> Invoice:
    """Draw the next number of the series and freeze the document under it, chained to the one before.

    The counter row is updated in this very transaction: a rollback gives the number back, so there is no gap
    (CGI ann. II, art. 242 nonies A, I, 7°).
    """
    series, sequence, previous = _draw(invoice.kind, on=on)
    document = write(numbering.number(key=series, rank=sequence))
    text = document.to_json()
    sha256 = digests.sha256(f"{previous}\n{text}")
    NumberSeries.objects.filter(name=series).update(last_sha256=sha256)
    totals = document.totals
    return move(
        invoice,
        MACHINE,
        to=InvoiceState.ISSUED,
        kind="invoice:issued",
        at=at,
        by=by,
        story=f"invoice/{invoice.pk}",
        data={"number": document.number, "sha256": sha256},
        series=series,
        sequence=sequence,
        number=document.number,
        issued_on=on,
        due_on=document.due_on,
        document=text,
        sha256=sha256,
        previous_sha256=previous,
        amount_excl_cents=totals.net_cents,
        vat_rate=document.treatment.rate,
        vat_cents=totals.vat_cents,
        amount_incl_cents=totals.gross_cents,
    )


def _draw(kind: str, *, on: date) -> tuple[str, int, str]:
    of = numbering.Series.INVOICE if kind == "invoice" else numbering.Series.CREDIT_NOTE
    series = numbering.series_key(of, issued_on=on)
    NumberSeries.objects.bulk_create([NumberSeries(name=series)], ignore_conflicts=True)
    counter = NumberSeries.objects.select_for_update().get(name=series)
    counter.last += 1
    counter.save(update_fields=["last"])
    return series, counter.last, counter.last_sha256


def invoiced(charge: Charge, invoice: Invoice) -> bool:
    """This charge is on this invoice. False when it was invoiced or cancelled meanwhile."""
    waiting = Charge.objects.filter(pk=charge.pk, invoice__isnull=True, cancelled_at__isnull=True, held_at__isnull=True)
    return bool(waiting.update(invoice=invoice, problem=""))


def attach(invoice: Invoice, *, pdf: bytes, xml: str, by: Actor, at: datetime) -> bool:
    """Keep the rendering, once. False when another worker did."""
    rows = Invoice.objects.filter(pk=invoice.pk, pdf_sha256__isnull=True)
    if not rows.update(pdf=pdf, pdf_sha256=digests.sha256(pdf), xml=xml):
        return False
    story = f"invoice/{invoice.pk}"
    timeline.record(invoice, "invoice:rendered", at=at, by=by, story=story, pdf_sha256=digests.sha256(pdf))
    return True


def credited(invoice: Invoice, *, note: Invoice, by: Actor, at: datetime) -> Invoice:
    """A credit note cancels this invoice."""
    return move(
        invoice,
        MACHINE,
        to=InvoiceState.CREDITED,
        kind="invoice:credited",
        at=at,
        by=by,
        story=f"invoice/{invoice.pk}",
        data={"credit_note": note.number},
    )


def paid(invoice: Invoice, *, by: Actor, at: datetime) -> Invoice:
    """The money came."""
    return move(
        invoice,
        MACHINE,
        to=InvoiceState.PAID,
        kind="invoice:paid",
        at=at,
        by=by,
        story=f"invoice/{invoice.pk}",
        paid_at=at,
    )


def erase_words(ticket_ref: str) -> None:
    """What was typed in the case of a charge, and by whom, stays on its invoice and nowhere else."""
    for one in Charge.objects.filter(ticket_ref=ticket_ref):
        said = {name: value for name, value in one.description.items() if name not in {"subject", "accepted_by"}}
        Charge.objects.filter(pk=one.pk).update(description={**said, "subject": "", "accepted_by": ""})
