"""Filters of the messages: money, instants in the provider's zone, clauses in the reader's language."""

from datetime import datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_datetime, format_time
from babel.numbers import format_currency
from django.template import Library
from django.utils.translation import get_language

from astreinte.accounts import queries as accounts

register = Library()


def _language() -> str:
    return (get_language() or "fr")[:2]


@register.filter
def money(cents: int, currency: str = "EUR") -> str:
    """Cents as this language writes money."""
    return format_currency(Decimal(cents) / 100, currency, locale=_language())


@register.filter
def clock_time(instant: str) -> str:
    """The time of day of an instant (RFC 3339), in the provider's zone."""
    return (
        format_time(datetime.fromisoformat(instant).astimezone(accounts.zone()), "short", locale=_language())
        if instant
        else ""
    )


@register.filter
def moment(instant: str) -> str:
    """The day and time of an instant (RFC 3339), in the provider's zone."""
    return (
        format_datetime(datetime.fromisoformat(instant).astimezone(accounts.zone()), "long", locale=_language())
        if instant
        else ""
    )


@register.filter
def fit(text: str, length: int) -> str:
    """The text cut to a length, with an ellipsis that the GSM alphabet has."""
    return text if len(text) <= length else text[: length - 3].rstrip() + "..."


@register.filter
def in_language(words: dict[str, str]) -> str:
    """The words of this language."""
    return words.get(_language()) or next(iter(words.values()), "")


@register.filter
def language_name(code: str) -> str:
    """A language, by its name in the reader's own."""
    return Locale.parse(code).get_display_name(_language()) or code
