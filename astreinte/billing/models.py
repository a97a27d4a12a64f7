"""Tariffs by date, charges, and invoices: a copy of the facts, because an issued invoice is never changed (CGI, art. 289)."""

import uuid

from django.db import models
from django.db.models import F, Q

from astreinte.billing.states import InvoiceState
from astreinte.customers.models import Customer


class Tariff(models.Model):
    """A price, excl. VAT, from a day on."""

    kind = models.SlugField(max_length=60)
    from_date = models.DateField()
    amount_cents = models.PositiveIntegerField()

    class Meta:
        ordering = ["from_date"]
        constraints = [models.UniqueConstraint(name="one_tariff_a_day", fields=["kind", "from_date"])]


class NumberSeries(models.Model):
    """The counter of a series of numbers, and the SHA-256 of its last document: drawn in the issuing transaction, no gap."""

    name = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField(default=0)
    last_sha256 = models.CharField(max_length=64, blank=True)


class Invoice(models.Model):
    """An invoice (380) or a credit note (381). Once issued only its state moves, and its rendering is attached once."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=InvoiceState.choices, default=InvoiceState.DRAFT)
    kind = models.CharField(max_length=12, choices=[("invoice", "invoice"), ("credit-note", "credit-note")])
    series = models.CharField(max_length=20, blank=True)
    sequence = models.PositiveIntegerField(null=True)
    number = models.CharField(max_length=35, unique=True, null=True)  # noqa: DJ001 - a draft has none, and none is unique
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    ticket_ref = models.CharField(max_length=20)
    refers_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    amount_excl_cents = models.PositiveIntegerField(default=0)
    vat_rate = models.CharField(max_length=6, blank=True)
    vat_cents = models.PositiveIntegerField(default=0)
    amount_incl_cents = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3, default="EUR")
    document = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    previous_sha256 = models.CharField(max_length=64, blank=True)
    pdf = models.BinaryField(null=True)
    pdf_sha256 = models.CharField(max_length=64, null=True)  # noqa: DJ001 - filled once, from NULL, by its trigger
    xml = models.TextField(null=True)  # noqa: DJ001 - same
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_number_is_given_once", fields=["series", "sequence"], condition=~Q(series="")
            ),
            models.UniqueConstraint(
                name="an_invoice_is_credited_once", fields=["refers_to"], condition=Q(kind="credit-note")
            ),
            models.CheckConstraint(
                name="issued_means_numbered", condition=Q(state=InvoiceState.DRAFT) | Q(number__isnull=False)
            ),
            models.CheckConstraint(
                name="an_invoice_adds_up", condition=Q(amount_incl_cents=F("amount_excl_cents") + F("vat_cents"))
            ),
            models.CheckConstraint(
                name="a_credit_note_says_what_it_corrects", condition=Q(kind="invoice") | Q(refers_to__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["customer", "-id"], name="invoices_of")]


class Charge(models.Model):
    """A fee that is owed, of the consented amount; the key makes a second try make nothing."""

    key = models.CharField(max_length=80, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    ticket_ref = models.CharField(max_length=20)
    description = models.JSONField(default=dict)
    amount_cents = models.PositiveIntegerField()
    vat_rate = models.CharField(max_length=6)
    vat_category = models.CharField(max_length=2)
    performed_on = models.DateField()
    created_at = models.DateTimeField()
    # the letter of its verdict has left, and the review is over then; null while no letter has
    issue_after = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, null=True, related_name="charge")

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_charge_is_a_real_amount", condition=Q(amount_cents__gt=0)),
            models.CheckConstraint(
                name="a_cancelled_charge_is_not_invoiced",
                condition=Q(cancelled_at__isnull=True) | Q(invoice__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["issue_after"],
                name="charges_to_issue",
                condition=Q(invoice__isnull=True, cancelled_at__isnull=True, held_at__isnull=True),
            )
        ]
