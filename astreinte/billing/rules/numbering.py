"""How documents are numbered: one continuous series each, drawn by the counter row of the issuing transaction."""

import re
from datetime import date
from enum import StrEnum

from astreinte.core.refusals import Refusal


class BadNumber(Refusal):
    """A document number has at most 35 letters, digits or + - _ / and ends with its rank."""


class Series(StrEnum):
    """Credit notes have a series of their own (CGI ann. II art. 242 nonies A, 7°)."""

    INVOICE = "F"
    CREDIT_NOTE = "A"


# BR-FR-01 and BR-FR-02: no other character passes the French controls, not even a space.
_ALLOWED = re.compile(r"[A-Za-z0-9+\-_/]{1,35}")
_RANK = re.compile(r".+-(\d{6,})")


def series_key(series: Series, *, issued_on: date, yearly: bool = True) -> str:
    """The counter this document draws from: "F2026", or "F" when the series never restarts."""
    return f"{series}{issued_on.year}" if yearly else str(series)


def number(*, key: str, rank: int) -> str:
    """The number of the `rank`-th document (from 1) of this counter: F2026-000001."""
    text = f"{key}-{rank:06d}"
    if rank < 1 or not key or not is_allowed(text):
        raise BadNumber
    return text


def rank_of(text: str) -> int:
    """The rank inside its series, to check that none is missing. Refuses what is not a number of ours."""
    found = _RANK.fullmatch(text)
    if found is None or not is_allowed(text):
        raise BadNumber
    return int(found[1])


def is_allowed(text: str) -> bool:
    """Whether these characters may be a document number at all."""
    return text.isascii() and _ALLOWED.fullmatch(text) is not None
