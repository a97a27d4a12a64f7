"""What an invoice adds up to, in whole cents, rounded half up once per VAT breakdown (EN 16931 BR-CO-10 to 17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from astreinte.core import money
from astreinte.core.refusals import Refusal


class NothingToInvoice(Refusal):
    """There is nothing to invoice: every line needs a quantity and a price above zero."""


class TotalsDoNotAdd(Refusal):
    """The totals of this document do not add up."""


class CreditTooLarge(Refusal):
    """The credit is larger than what remains of the invoice."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing sold. `unit` is a UN/ECE Rec 20 code (C62: one, HUR: hour); the price excludes VAT."""

    name: str
    unit_price_cents: int
    quantity: int = 1
    description: str = ""
    unit: str = "C62"

    @property
    def net_cents(self) -> int:
        return self.quantity * self.unit_price_cents


@dataclass(frozen=True, kw_only=True)
class Totals:
    """BT-109 `net`, BT-110 `vat`, BT-112 `gross`, BT-113 `paid`, BT-115 `due`; all in cents."""

    net_cents: int
    vat_cents: int
    gross_cents: int
    paid_cents: int
    due_cents: int


def total(lines: Sequence[Line], *, rate: str, paid: bool = False) -> Totals:
    """The totals of these lines at one VAT rate (a percentage). Refuses an empty or worthless document."""
    if not lines or any(line.quantity < 1 or line.unit_price_cents < 1 for line in lines):
        raise NothingToInvoice
    net = sum(line.net_cents for line in lines)
    vat = money.vat_cents(net, rate=Decimal(rate))
    gross = net + vat
    return Totals(
        net_cents=net,
        vat_cents=vat,
        gross_cents=gross,
        paid_cents=gross if paid else 0,
        due_cents=0 if paid else gross,
    )


def broken_rules(totals: Totals, *, lines: Sequence[Line], rate: str) -> list[str]:
    """The EN 16931 rules these totals break, by name; to the cent, where the Schematron tolerates a whole unit."""
    rules = {
        "BR-27": all(line.unit_price_cents > 0 and line.quantity > 0 for line in lines) and bool(lines),
        "BR-CO-10": sum(line.net_cents for line in lines) == totals.net_cents,
        "BR-CO-17": money.vat_cents(totals.net_cents, rate=Decimal(rate)) == totals.vat_cents,
        "BR-CO-15": totals.net_cents + totals.vat_cents == totals.gross_cents,
        "BR-CO-16": totals.gross_cents - totals.paid_cents == totals.due_cents,
        "BR-FR-CO-09": totals.paid_cents in (0, totals.gross_cents),
    }
    return [name for name, holds in rules.items() if not holds]


def left_after_credits(gross_cents: int, *, credits_cents: Sequence[int]) -> int:
    """What remains of an invoice after its credit notes, VAT included. Refuses more than the invoice."""
    left = gross_cents - sum(credits_cents)
    if left < 0 or any(credit < 1 for credit in credits_cents):
        raise CreditTooLarge
    return left
