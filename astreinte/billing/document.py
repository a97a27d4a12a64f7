"""Everything an issued invoice says, frozen, with one canonical spelling that can be stored and hashed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

from pydantic import TypeAdapter

from astreinte.billing.rules.mentions import Note, payment_notes
from astreinte.billing.rules.numbering import BadNumber, is_allowed
from astreinte.billing.rules.parties import Party, blocking, cleaned, plain
from astreinte.billing.rules.totals import Line, Totals, TotalsDoNotAdd, broken_rules, total
from astreinte.billing.rules.vat import Treatment, treatment
from astreinte.core import digests
from astreinte.core.refusals import Refusal


class WrongDates(Refusal):
    """The dates of this document contradict each other."""


class NoOriginal(Refusal):
    """A credit note must name the invoice it corrects, with its date."""


class NotCanonical(Refusal):
    """The text is not that of an invoice we wrote: it was changed, or written by another program."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The document a credit note corrects (BT-25 and BT-26)."""

    number: str
    issued_on: date


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How the invoice is to be paid. `late_percent` empty: the published rate; `paid_on`: it already was."""

    due_days: int = 30
    late_percent: str = ""
    paid_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class InvoiceDocument:
    """An invoice (380) or a credit note (381) as issued. Amounts are cents of `currency`, never negative."""

    type_code: Literal["380", "381"]
    number: str
    issued_on: date
    due_on: date
    service_on: date
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    treatment: Treatment
    totals: Totals
    notes: tuple[Note, ...]
    ticket: str
    language: Literal["fr", "en"]
    refers_to: Reference | None = None
    already_paid: bool = False
    currency: Literal["EUR"] = "EUR"
    format: Literal[1] = 1

    def __post_init__(self) -> None:
        if not is_allowed(self.number):
            raise BadNumber
        if self.is_credit_note != (self.refers_to is not None):
            raise NoOriginal
        if broken_rules(self.totals, lines=self.lines, rate=self.treatment.rate):
            raise TotalsDoNotAdd
        if not self.already_paid and self.due_on < self.issued_on:
            raise WrongDates

    @property
    def is_credit_note(self) -> bool:
        return self.type_code == "381"

    @property
    def sha256(self) -> str:
        return digests.sha256(self.to_json())

    def to_json(self) -> str:
        """The canonical JSON: sorted keys, no spaces, every field present, UTF-8."""
        return digests.canonical_json(_adapter().dump_python(self, mode="json"))

    @classmethod
    def from_json(cls, text: str) -> "InvoiceDocument":
        """The document this canonical JSON describes. Refuses any text that it would not write itself."""
        try:
            document = _adapter().validate_json(text, strict=True)
        except ValueError as error:
            raise NotCanonical from error
        if document.to_json() != text:
            raise NotCanonical
        return document


def build(
    *,
    number: str,
    issued_on: date,
    service_on: date,
    seller: Party,
    buyer: Party,
    lines: Sequence[Line],
    ticket: str,
    terms: Terms | None = None,
    extra_notes: Sequence[Note] = (),
) -> InvoiceDocument:
    """The invoice of a service performed on `service_on`, VAT and mentions decided by the rules of that day.

    Refuses incomplete parties, a VAT case the table does not hold, and a document worth nothing.
    """
    terms = terms or Terms()
    seller, buyer = _complete(seller, selling=True), _complete(buyer)
    language = _language(buyer)
    how = treatment(seller=seller, buyer=buyer, at=service_on)
    clean_lines = tuple(map(_clean_line, lines))
    payment = payment_notes(buyer=buyer.kind, language=language, at=issued_on, percent=terms.late_percent)
    return InvoiceDocument(
        type_code="380",
        number=number,
        issued_on=issued_on,
        due_on=terms.paid_on or issued_on + timedelta(days=terms.due_days),
        service_on=service_on,
        seller=seller,
        buyer=buyer,
        lines=clean_lines,
        treatment=how,
        totals=total(clean_lines, rate=how.rate, paid=terms.paid_on is not None),
        notes=(*payment, *_identity(seller), *_clean_notes(extra_notes)),
        ticket=plain(ticket),
        language=language,
        already_paid=terms.paid_on is not None,
    )


def credit(
    original: InvoiceDocument,
    *,
    number: str,
    issued_on: date,
    lines: Sequence[Line] | None = None,
    extra_notes: Sequence[Note] = (),
) -> InvoiceDocument:
    """The credit note of an invoice, whole unless `lines` says otherwise: same parties, same VAT, positive amounts."""
    if original.is_credit_note:
        raise NoOriginal
    if issued_on < original.issued_on:
        raise WrongDates
    clean_lines = original.lines if lines is None else tuple(map(_clean_line, lines))
    return replace(
        original,
        type_code="381",
        number=number,
        issued_on=issued_on,
        due_on=issued_on,
        lines=clean_lines,
        totals=total(clean_lines, rate=original.treatment.rate),
        notes=(*original.notes, *_clean_notes(extra_notes)),
        refers_to=Reference(number=original.number, issued_on=original.issued_on),
        already_paid=False,
    )


@cache
def _adapter() -> TypeAdapter[InvoiceDocument]:
    return TypeAdapter(InvoiceDocument)


def _complete(party: Party, *, selling: bool = False) -> Party:
    clean = cleaned(party)
    for refusal in blocking(clean, selling=selling):
        raise refusal
    return clean


def _language(buyer: Party) -> Literal["fr", "en"]:
    return "fr" if buyer.language.startswith("fr") else "en"


def _clean_line(line: Line) -> Line:
    return replace(line, name=plain(line.name), description=plain(line.description, lines=True), unit=plain(line.unit))


def _clean_notes(notes: Sequence[Note]) -> tuple[Note, ...]:
    return tuple(Note(code=plain(note.code), text=plain(note.text, lines=True)) for note in notes)


def _identity(seller: Party) -> tuple[Note, ...]:
    wanted = (("REG", seller.legal_form), ("ABL", seller.register))
    return tuple(Note(code=code, text=text) for code, text in wanted if text)
