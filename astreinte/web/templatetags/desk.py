"""Money, instants, clocks and states, as the reader's language and zone write them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates, numbers
from django import template
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from astreinte.accounts import erased
from astreinte.core.instants import locale_of

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86400
# Below this an age is "just now": a page takes a moment to travel, and "2 s ago" is already wrong when it is read.
NOW_S = 5
# A clock warns when three quarters of its time are gone.
WARNS_AT = 75

# The tone (colour) and the icon (shape) of each state, whatever its machine; an unknown one is quiet.
LOOKS = {
    "up": ("ok", "circle-check"), "delivered": ("live", "phone-ringing"), "acknowledged": ("ok", "circle-check"),
    "resolved": ("ok", "circle-check"), "covered": ("ok", "circle-check"), "paid": ("ok", "circle-check"),
    "upheld": ("ok", "circle-check"), "ok": ("ok", "circle-check"), "given": ("ok", "circle-check"),
    "degraded": ("warn", "triangle"), "no-answer": ("warn", "triangle"), "to-review": ("warn", "triangle"),
    "partial": ("warn", "triangle"), "outage": ("down", "octagon"),
    "warn": ("warn", "triangle"), "excluded": ("warn", "triangle"), "overturned": ("warn", "triangle"),
    "down": ("down", "octagon"), "failed": ("down", "octagon"), "nobody": ("down", "octagon"),
    "triggered": ("live", "phone-ringing"), "ringing": ("live", "phone-ringing"), "sending": ("live", "phone-ringing"),
    "accepted": ("live", "phone-ringing"), "open": ("live", "clock"), "running": ("live", "clock"),
    "live": ("live", "clock"), "stands": ("quiet", "dot"), "issued": ("live", "file"), "joined": ("ok", "user"),
}  # fmt: skip
QUIET = ("quiet", "dot")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a clock shows: how far it went (0 to 100), its tone and icon, and the words that say it all."""

    percent: int
    tone: str
    icon: str
    words: str


def _locale() -> str:
    return locale_of(get_language() or "fr")


def _zone(context: Context) -> tzinfo:
    """The provider's zone: both sides of a night read the same hour."""
    provider = context.get("provider")
    return ZoneInfo(provider.time_zone) if provider else timezone.get_current_timezone()


def _seconds(value: timedelta | float) -> int:
    return int(value.total_seconds() if isinstance(value, timedelta) else value)


@register.simple_tag
def icon(name: str) -> SafeString:
    """One icon of components/icon.html, drawn once: a long list has hundreds of them."""
    return _drawn(str(name))


@lru_cache(maxsize=100)
def _drawn(name: str) -> SafeString:
    return render_to_string("components/icon.html", {"name": name})


@register.filter
def money(cents: int, currency: str = "EUR") -> str:
    """Cents, as people write money: 9500 is "95,00 €" in French."""
    return numbers.format_currency(Decimal(cents) / 100, currency, locale=_locale())


@register.filter
def duration(value: timedelta | float) -> str:
    """A length of time (timedelta, or seconds) in its largest units: "45 s", "3 min", "1 h 05", "2 d 4 h"."""
    seconds = abs(_seconds(value))
    if seconds < MINUTE:
        return _("%(seconds)d s") % {"seconds": seconds}
    if seconds < HOUR:
        return _("%(minutes)d min") % {"minutes": seconds // MINUTE}
    if seconds < DAY:
        return _("%(hours)d h %(minutes)02d") % {"hours": seconds // HOUR, "minutes": seconds % HOUR // MINUTE}
    return _("%(days)d d %(hours)d h") % {"days": seconds // DAY, "hours": seconds % DAY // HOUR}


def relative(instant: datetime, *, at: datetime) -> str:
    """How far an instant is from `at`: "3 min ago", "in 3 min", "just now"."""
    away = _seconds(instant - at)
    if abs(away) < NOW_S:
        return _("just now")
    if away < 0:
        return _("%(span)s ago") % {"span": duration(away)}
    return _("in %(span)s") % {"span": duration(away)}


def absolute(instant: datetime, *, zone: tzinfo, at: datetime | None, shape: str = "HH:mm") -> str:
    """The hour on the reader's wall; with its date when that is not the day of `at`."""
    local = instant.astimezone(zone)
    hour = dates.format_time(local, shape, tzinfo=zone, locale=_locale())
    if at is not None and local.date() == at.astimezone(zone).date():
        return hour
    return _("%(day)s, %(hour)s") % {"day": dates.format_date(local, "d MMM y", locale=_locale()), "hour": hour}


def _time_element(instant: datetime, words: str) -> SafeString:
    utc = instant.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', f"{utc:%Y-%m-%dT%H:%M:%SZ}", f"{utc:%Y-%m-%d %H:%M:%S} UTC", words
    )


@register.simple_tag(takes_context=True)
def when(context: Context, instant: datetime | None) -> str:
    """Relative and absolute together, "3 min ago (02:18)", from the context's `at`; UTC on hover. Nothing for None."""
    if instant is None:
        return ""
    at = context.get("at")
    hour = absolute(instant, zone=_zone(context), at=at)
    return _time_element(instant, f"{relative(instant, at=at)} ({hour})" if at else hour)


@register.simple_tag(takes_context=True)
def moment(context: Context, instant: datetime | None) -> str:
    """The hour alone, "02:18" (with its date when it is another day); UTC on hover. Nothing for None."""
    if instant is None:
        return ""
    return _time_element(instant, absolute(instant, zone=_zone(context), at=context.get("at")))


@register.simple_tag(takes_context=True)
def second(context: Context, instant: datetime) -> str:
    """The same to the second, "02:18:07": for what is compared with logs, or comes several times a minute."""
    return _time_element(instant, absolute(instant, zone=_zone(context), at=context.get("at"), shape="HH:mm:ss"))


@register.filter
def day(value: date) -> str:
    """A day of the calendar, "26 Nov 2026": nobody takes the month for the day."""
    return dates.format_date(value, "d MMM y", locale=_locale())


@register.filter
def erased_or(words: str, erased_at: datetime | None) -> str:
    """What was typed, or that it is gone: the words of a person who is erased from the desk."""
    return _(erased.INSTEAD) if erased_at else words


@register.filter
def breakable(name: str) -> SafeString:
    """The name of a server, that a narrow screen cuts after a dot rather than inside a word."""
    return mark_safe(conditional_escape(name).replace(".", ".<wbr>"))  # noqa: S308  # escaped just before


@register.simple_tag
def wall(instant: datetime, zone: tzinfo) -> str:
    """A day and an hour on the wall of a given zone: "Mon 26 Oct, 09:00"; UTC on hover."""
    local = instant.astimezone(zone)
    hour = dates.format_time(local, "HH:mm", tzinfo=zone, locale=_locale())
    return _time_element(instant, f"{dates.format_date(local, 'EEE d MMM', locale=_locale())}, {hour}")


def _words(*, left: int, stopped: bool) -> str:
    span = {"span": duration(left)}
    if stopped:
        return _("kept, %(span)s to spare") % span if left >= 0 else _("missed by %(span)s") % span
    return _("%(span)s left") % span if left >= 0 else _("late by %(span)s") % span


@register.simple_tag(takes_context=True)
def reading(context: Context, *, started_at: datetime, due_at: datetime, stopped_at: datetime | None = None) -> Reading:
    """A commitment's clock, at the context's `at` or where it stopped: it warns at 75 %, and is late after 100 %."""
    until = stopped_at or context["at"]
    left = _seconds(due_at - until)
    percent = max(0, min(100, round(100 * _seconds(until - started_at) / max(1, _seconds(due_at - started_at)))))
    tone = "down" if left < 0 else "warn" if percent >= WARNS_AT and not stopped_at else "ok"
    icon = {"down": "octagon", "warn": "triangle", "ok": "circle-check" if stopped_at else "clock"}[tone]
    return Reading(percent=percent, tone=tone, icon=icon, words=_words(left=left, stopped=bool(stopped_at)))


@register.filter
def tone(state: object) -> str:
    """The tone of a state: ok, warn, down, quiet or live."""
    return LOOKS.get(str(state), QUIET)[0]


@register.filter
def shape(state: object) -> str:
    """The icon of a state."""
    return LOOKS.get(str(state), QUIET)[1]


@register.filter
def attrs(field: BoundField, pairs: str) -> SafeString:
    """The widget of a field with more attributes: {{ form.sentence|attrs:"rows=3 autocomplete=off" }}."""
    given: dict[str, Any] = dict(pair.split("=", 1) for pair in pairs.split())
    return field.as_widget(attrs=given)


@register.filter
def points(values: Sequence[float]) -> str:
    """Measures as the points of an SVG polyline in a box of 100 by 20, highest on top."""
    if not values:
        return ""
    top, step = max(*values, 0) or 1, 100 / max(1, len(values) - 1)
    return " ".join(f"{index * step:.1f},{20 - 18 * value / top:.1f}" for index, value in enumerate(values))
