"""An instant in words: the day, the hour and the zone as a language writes them, for letters and papers. No Django, no request."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_datetime_format, get_timezone_name

LOCALES = {"fr": "fr_FR", "en": "en_GB"}


def locale_of(language: str) -> str:
    """The locale that writes this language: English without AM and PM."""
    return LOCALES.get(language[:2], "fr_FR")


def in_words(instant: datetime, *, zone: ZoneInfo, language: str, seconds: bool = False, in_zone: bool = False) -> str:
    """An instant on the clock of a zone, "24 December 2026, 10:43"; `in_zone` adds whose clock that is, "(Central European Standard Time)"."""
    locale, local = locale_of(language), instant.astimezone(zone)
    hour = format_time(local, "HH:mm:ss" if seconds else "HH:mm", tzinfo=zone, locale=locale)
    day = format_date(local.date(), "long", locale=locale)
    text = str(get_datetime_format("long", locale=locale)).replace("{1}", day).replace("{0}", hour).replace("'", "")
    return f"{text} ({get_timezone_name(local, 'long', locale=locale)})" if in_zone else text
