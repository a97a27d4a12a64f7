"""The figures of verdicts in words: clauses, symptoms, what was advised."""

from dataclasses import dataclass

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from astreinte.tickets.models import Symptom
from astreinte.tickets.rules.offer import clause_words

OUTCOMES = {
    "covered": gettext_noop("most likely on our side"),
    "excluded": gettext_noop("most likely not on our side"),
    "undetermined": gettext_noop("nobody can say from here"),
}


@dataclass(frozen=True, kw_only=True)
class Named:
    """A figure and what it is about."""

    name: str
    count: object


def clause(slug: str) -> str:
    """A clause, as people read it."""
    return clause_words(slug, language=(get_language() or "fr")[:2]).capitalize()


def symptom(slug: str) -> str:
    """A symptom, as the picker says it."""
    return str(Symptom(slug).label) if slug in Symptom.values else slug


def outcome(slug: str) -> str:
    """An advice, in a few words."""
    return _(OUTCOMES[slug]) if slug in OUTCOMES else slug
