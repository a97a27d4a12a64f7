"""What a prober on another machine sends, read. Pure: a body becomes a report, or a refusal that names the field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from astreinte.core.texts import plain
from astreinte.monitoring.payloads import Missing, NotAList, NotAnObject, NotAText, TooLong, Wrong
from astreinte.monitoring.rules import Seen

# Results of one report.
MOST = 2000
LONGEST = {"saw": 200, "error": 20}
BIGGEST = 2**53
# What can be added to and taken from without leaving the calendar.
YEARS = (2000, 2999)


class NotANumber(Wrong):
    """The field %(field)s must be a whole number that is not negative."""


class NotYesOrNo(Wrong):
    """The field %(field)s must be true or false."""


class NotAnInstant(Wrong):
    """The field %(field)s must be an instant with its zone, as in 2026-01-31T22:00:00Z."""


class TooManyResults(Wrong):
    """The field %(field)s must have at most %(limit)s entries."""


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """One result and the number it was given where it was made."""

    number: int
    seen: Seen


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything a site says at once; its instants are by its own clock, which says `sent_at`."""

    sent_at: datetime
    blind_since: datetime | None = None
    checks: int = 0
    kept: int = 0
    dropped: int = 0
    results: tuple[Numbered, ...] = ()


def parse(found: Any) -> Report:
    """A report from its JSON; raises a refusal that names the field."""
    if not isinstance(found, dict):
        raise NotAnObject(field="body")
    return Report(
        sent_at=_instant(found, "sent_at"),
        blind_since=_instant(found, "blind_since") if found.get("blind_since") is not None else None,
        checks=_number(found, "checks"),
        kept=_number(found, "kept"),
        dropped=_number(found, "dropped"),
        results=_results(found.get("results", [])),
    )


def _results(found: Any) -> tuple[Numbered, ...]:
    if not isinstance(found, list):
        raise NotAList(field="results")
    if len(found) > MOST:
        raise TooManyResults(field="results", limit=MOST)
    return tuple(_result(one, f"results[{place}]") for place, one in enumerate(found))


def _result(found: Any, where: str) -> Numbered:
    if not isinstance(found, dict):
        raise NotAnObject(field=where)
    up = found.get("up")
    if not isinstance(up, bool):
        raise NotYesOrNo(field=f"{where}.up")
    seen = Seen(
        check=_number(found, "check", where),
        at=_instant(found, "at", where),
        up=up,
        saw=_text(found, "saw", where),
        took_ms=min(_number(found, "took_ms", where), 86_400_000),
        error=_text(found, "error", where),
    )
    return Numbered(number=_number(found, "number", where), seen=seen)


def _named(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _number(found: Mapping[str, Any], name: str, where: str = "") -> int:
    value = found.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < BIGGEST:
        raise NotANumber(field=_named(where, name))
    return value


def _text(found: Mapping[str, Any], name: str, where: str) -> str:
    value = found.get(name, "")
    if not isinstance(value, str):
        raise NotAText(field=_named(where, name))
    if len(value) > LONGEST[name]:
        raise TooLong(field=_named(where, name), limit=LONGEST[name])
    return plain(value, limit=LONGEST[name], one_line=True)


def _instant(found: Mapping[str, Any], name: str, where: str = "") -> datetime:
    value = found.get(name)
    if value is None:
        raise Missing(field=_named(where, name))
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise NotAnInstant(field=_named(where, name)) from None
    if instant.tzinfo is None or not YEARS[0] <= instant.year <= YEARS[1]:
        raise NotAnInstant(field=_named(where, name))
    return instant
