"""Cents and rates, never floats."""

from decimal import ROUND_HALF_UP, Decimal


def vat_cents(amount_cents: int, *, rate: Decimal) -> int:
    """VAT on an amount, in cents, rounded half-up (EN 16931, BR-CO-17). `rate` is a percentage such as Decimal("20.00")."""
    return int((Decimal(amount_cents) * rate / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def decimal_string(cents: int) -> str:
    """Cents as the API writes money: 9500 is "95.00"."""
    return str((Decimal(cents) / 100).quantize(Decimal("0.01")))


def to_cents(amount: str) -> int:
    """The cents of a decimal string with at most two decimals. Raises ValueError otherwise."""
    value = Decimal(amount) * 100
    if value != value.to_integral_value():
        raise ValueError(amount)
    return int(value)
