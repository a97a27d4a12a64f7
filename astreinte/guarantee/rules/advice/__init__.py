"""Facts, a policy and a complaint in; covered, excluded, undetermined or ineligible out, with the reasons. Pure (facts.md).

Nothing here is a verdict: a person gives it. What the customer wrote is not read at all: it can neither order nor prove.
"""

from dataclasses import dataclass
from typing import Any

from astreinte.guarantee.rules.advice.engine import Finding, Outcome, Question, Terms, decide
from astreinte.guarantee.rules.advice.explanation import Reason, reasons
from astreinte.guarantee.rules.advice.reading import Fact, Mistake, read

__all__ = ["Advice", "Fact", "Mistake", "Outcome", "Question", "Terms", "advise", "read"]

ENOUGH = 2


@dataclass(frozen=True, kw_only=True)
class Advice:
    """The answer. `fee_proposed` is true if and only if the outcome is excluded."""

    outcome: Outcome
    clauses: tuple[str, ...]
    confidence: str
    reasons: tuple[Reason, ...]

    @property
    def fee_proposed(self) -> bool:
        return self.outcome == "excluded"

    @property
    def as_json(self) -> dict[str, Any]:
        """As the API, the command and the screens give it."""
        return {
            "outcome": self.outcome,
            "clauses": list(self.clauses),
            "fee_proposed": self.fee_proposed,
            "confidence": self.confidence,
            "explanation": [_entry(reason) for reason in self.reasons],
        }


def advise(question: Question) -> Advice:
    """What the facts say about this complaint."""
    found = decide(question)
    return Advice(
        outcome=found.outcome,
        clauses=found.clauses,
        confidence=confidence(found),
        reasons=tuple(reasons(found, question)),
    )


def confidence(found: Finding) -> str:
    """`high`: two kinds of facts say so beside the cause (excluded) or in all (covered). `medium`: just enough.

    Contradicting facts, or a customer's own word among those that establish it, lower it by one step. Undetermined is `low`.
    """
    if found.outcome == "ineligible":
        return "high"
    if found.outcome == "undetermined":
        return "low"
    if found.outcome == "excluded":
        facts = [fact for match in found.proven for fact in match.support]
    else:
        facts = [*(fact for match in found.ours for fact in match.found), *(one.fact for one in found.failures)]
    steps = int(len({fact.kind for fact in facts}) >= ENOUGH) + 1
    claimed = any(fact.source == "customer" for match in (*found.ours, *found.proven) for fact in match.found)
    return ("low", "medium", "high")[max(0, steps - bool(found.view.contested) - claimed)]


def _entry(reason: Reason) -> dict[str, Any]:
    said: dict[str, Any] = {"fact_kind": reason.kind, "role": reason.role, "says": dict(reason.says)}
    if reason.subject:
        said["subject"] = reason.subject
    if reason.fact is None:
        return {**said, "missing": True}
    return {**said, "value": reason.fact.value}
