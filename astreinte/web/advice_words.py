"""What the facts advise, as a customer and an engineer read it: whose it most likely is, why, and what it would cost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from astreinte.guarantee.rules.advice import read, telling
from astreinte.tickets.advising import DECIDES, HEADLINES, is_cited
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

CONFIDENCE = {
    "high": gettext_noop("several independent facts say so"),
    "medium": gettext_noop("the facts are just enough to say so"),
    "low": gettext_noop("the facts do not agree, or are not enough"),
}

AT_THIS_PRICE = gettext_noop("An engineer helps all the same; the intervention would be billed %(price)s.")

NO_WHY = {"fr": "", "en": ""}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A fact in words, and whether the answer rests on it."""

    text: str
    decides: bool
    cited: bool
    missing: bool


@dataclass(frozen=True, kw_only=True)
class Said:
    """An advice in words."""

    outcome: str
    headline: str
    cost: str
    clause: str
    clauses: tuple[str, ...]
    confidence: str
    reasons: list[Reason]

    @property
    def because(self) -> list[Reason]:
        """What decides."""
        return [one for one in self.reasons if one.decides]

    @property
    def cited(self) -> list[Reason]:
        """The same; where nothing can be said, the cause that is named without a proof too: the customer was told of it."""
        return [one for one in self.reasons if one.cited]


def of(advice: Mapping[str, Any], *, price: str = "") -> Said:
    """In the reader's language; `price`: what an urgent ticket costs this reader when it is billed, ready to print."""
    language = (get_language() or "fr")[:2]
    clauses = advice.get("clauses") or []
    sure = CONFIDENCE.get(str(advice.get("confidence", "")), "")
    return Said(
        outcome=advice["outcome"],
        headline=_(HEADLINES[advice["outcome"]]),
        cost=_(AT_THIS_PRICE) % {"price": price}
        if price and advice["outcome"] == "excluded"
        else _(COSTS[advice["outcome"]]),
        clause=clause_words(clauses[0], language=language) if clauses else "",
        clauses=tuple(clauses),
        confidence=_(sure) if sure else "",
        reasons=[_reason(one, language, outcome=advice["outcome"]) for one in advice.get("explanation", [])],
    )


def _reason(entry: Mapping[str, Any], language: str, *, outcome: str) -> Reason:
    says, role = entry["says"], entry.get("role", "")
    return Reason(
        text=str(says.get(language) or says["en"]),
        decides=role in DECIDES,
        cited=is_cited(role, outcome=outcome),
        missing=bool(entry.get("missing")),
    )


def changed(change: Change, *, at: datetime) -> str:
    """What was, and what is now."""
    before, after = (told(fact, at=at) if fact else "" for fact in (change.before, change.after))
    if before and after:
        return _("Before: %(before)s Now: %(after)s") % {"before": before, "after": after}
    return _("New: %(after)s") % {"after": after} if after else _("No longer known: %(before)s") % {"before": before}


def measured(facts: Iterable[Mapping[str, Any]], *, at: datetime) -> list[str]:
    """What the provider's Prometheus measures on the server, a sentence each."""
    return [told(fact, at=at) for fact in facts if fact["source"] == "prometheus"]


def told(fact: Mapping[str, Any], *, at: datetime) -> str:
    """One fact, in the reader's language."""
    (known,), _wrong = read([fact])
    return telling.tell(known, why=NO_WHY, at=at)[(get_language() or "fr")[:2]].strip()
