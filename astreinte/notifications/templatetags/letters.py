"""Filters of the messages: money, instants in the provider's zone, clauses in the reader's language."""

from datetime import datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_time
from babel.numbers import format_currency
from django.template import Library
from django.utils.translation import get_language

from astreinte.accounts import queries as accounts
from astreinte.core import instants

register = Library()


def _language() -> str:
    return (get_language() or "fr")[:2]


def _locale() -> str:
    return instants.locale_of(_language())


@register.filter
def money(cents: int, currency: str = "EUR") -> str:
    """Cents as this language writes money."""
    return format_currency(Decimal(cents) / 100, currency, locale=_locale())


@register.filter
def clock_time(instant: str) -> str:
    """The time of day of an instant (RFC 3339), in the provider's zone."""
    if not instant:
        return ""
    local = datetime.fromisoformat(instant).astimezone(accounts.zone())
    return format_time(local, "HH:mm", tzinfo=accounts.zone(), locale=_locale())


@register.filter
def moment(instant: str) -> str:
    """The day and time of an instant (RFC 3339) on the provider's clock, in words; nothing for nothing."""
    return _words(instant)


@register.filter
def moment_and_zone(instant: str) -> str:
    """The same, and whose clock that is: once in a sentence, at its end or where somebody is bound by it."""
    return _words(instant, in_zone=True)


def _words(instant: str, *, in_zone: bool = False) -> str:
    if not instant:
        return ""
    at = datetime.fromisoformat(instant)
    return instants.in_words(at, zone=accounts.zone(), language=_language(), in_zone=in_zone)


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
