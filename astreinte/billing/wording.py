"""The words of the paper itself, in two languages: no later change of a translation file may reach an old invoice."""

from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from astreinte.core.instants import locale_of

WORDS = {
    "fr": {
        "invoice": "Facture",
        "credit_note": "Avoir",
        "issued": "Date d’émission",
        "due": "Échéance",
        "paid": "Payée le",
        "performed": "Prestation du",
        "ticket": "Ticket",
        "corrects": "Annule ou réduit",
        "of_date": "du",
        "seller": "Émetteur",
        "buyer": "Client",
        "vat_number": "N° TVA",
        "description": "Désignation",
        "quantity": "Qté",
        "unit_price": "Prix unitaire HT",
        "vat": "TVA",
        "amount": "Montant HT",
        "net": "Total HT",
        "gross": "Total TTC",
        "already_paid": "Déjà réglé",
        "due_amount": "Net à payer",
        "credited": "Montant de l’avoir",
        "no_vat": "sans TVA",
        "payment": "Règlement",
        "by_transfer": "Par virement, en rappelant le numéro de la facture :",
        "was_paid": "Cette facture a été réglée : aucune somme n’est due.",
        "is_credit": "Cet avoir vient en déduction de la facture {number} du {date}. Aucun paiement n’est attendu.",
        "mentions": "Mentions",
        "page": "Page",
        "of": "sur",
    },
    "en": {
        "invoice": "Invoice",
        "credit_note": "Credit note",
        "issued": "Issue date",
        "due": "Due date",
        "paid": "Paid on",
        "performed": "Service date",
        "ticket": "Ticket",
        "corrects": "Corrects",
        "of_date": "of",
        "seller": "From",
        "buyer": "To",
        "vat_number": "VAT number",
        "description": "Description",
        "quantity": "Qty",
        "unit_price": "Unit price excl. VAT",
        "vat": "VAT",
        "amount": "Amount excl. VAT",
        "net": "Total excl. VAT",
        "gross": "Total incl. VAT",
        "already_paid": "Already paid",
        "due_amount": "Amount due",
        "credited": "Amount credited",
        "no_vat": "no VAT",
        "payment": "Payment",
        "by_transfer": "By bank transfer, quoting the invoice number:",
        "was_paid": "This invoice has been paid: nothing is due.",
        "is_credit": "This credit note is deducted from invoice {number} of {date}. No payment is expected.",
        "mentions": "Legal information",
        "page": "Page",
        "of": "of",
    },
}


def money(cents: int, *, currency: str, language: str) -> str:
    """An amount as people of that language write it: 1 234,50 €."""
    return str(format_currency(Decimal(cents) / 100, currency, locale=locale_of(language)))


def day(value: date, *, language: str) -> str:
    """A day with its month in letters: 23 novembre 2026."""
    return str(format_date(value, "long", locale=locale_of(language)))


def percent(rate: str, *, language: str) -> str:
    """A rate as people write it: 8,5 %."""
    shape = "#,##0.##\u00a0%" if language == "fr" else "#,##0.##%"
    return str(format_percent(Decimal(rate) / 100, shape, locale=locale_of(language)))


def quantity(value: int, *, language: str) -> str:
    """A whole quantity with its thousands apart."""
    return str(format_decimal(value, locale=locale_of(language)))


def iban(compact: str) -> str:
    """An IBAN in groups of four, as banks print it."""
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))


def country(code: str, *, language: str) -> str:
    """The name of a country in that language."""
    return str(Locale.parse(locale_of(language)).territories.get(code, code))
