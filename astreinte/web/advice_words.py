"""What the facts advise, as a customer and an engineer read it: whose it most likely is, why, and what it would cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from astreinte.guarantee.rules.advice import read, telling
from astreinte.tickets.advising import DECIDES, HEADLINES
from astreinte.tickets.diagnoses import Change
from astreinte.tickets.rules.offer import clause_words

COSTS = {
    "covered": gettext_noop("An urgent ticket about it is free: the guarantee covers it."),
    "excluded": gettext_noop("An engineer helps all the same; the intervention would be billed at the price below."),
    "undetermined": gettext_noop(
        "In doubt, nothing is billed: an urgent ticket costs something only if it is shown not to be ours."
    ),
    "ineligible": gettext_noop("A standard ticket is free."),
}

NO_WHY = {"fr": "", "en": ""}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A fact in words, and whether the answer rests on it."""

    text: str
    decides: bool
    missing: bool


@dataclass(frozen=True, kw_only=True)
class Said:
    """An advice in words."""

    outcome: str
    headline: str
    cost: str
    clause: str
    reasons: list[Reason]

    @property
    def because(self) -> list[Reason]:
        """What decides."""
        return [one for one in self.reasons if one.decides]


def of(advice: Mapping[str, Any]) -> Said:
    """In the reader's language."""
    language = (get_language() or "fr")[:2]
    clauses = advice.get("clauses") or []
    return Said(
        outcome=advice["outcome"],
        headline=_(HEADLINES[advice["outcome"]]),
        cost=_(COSTS[advice["outcome"]]),
        clause=clause_words(clauses[0], language=language) if clauses else "",
        reasons=[_reason(one, language) for one in advice.get("explanation", [])],
    )


def _reason(entry: Mapping[str, Any], language: str) -> Reason:
    return Reason(
        text=str(entry.get("says", {}).get(language, entry["fact_kind"])),
        decides=entry.get("role") in DECIDES,
        missing=bool(entry.get("missing")),
    )


def changed(change: Change, *, at: datetime) -> str:
    """What was, and what is now."""
    before, after = (_told(fact, at=at) if fact else "" for fact in (change.before, change.after))
    if before and after:
        return _("Before: %(before)s Now: %(after)s") % {"before": before, "after": after}
    return _("New: %(after)s") % {"after": after} if after else _("No longer known: %(before)s") % {"before": before}


def _told(fact: Mapping[str, Any], *, at: datetime) -> str:
    (known,), _wrong = read([fact])
    return telling.tell(known, why=NO_WHY, at=at)[(get_language() or "fr")[:2]].strip()
