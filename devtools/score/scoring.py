"""Scores answers against labels, as facts.md, 6 says: a fee wrongly proposed weighs 5, anything else wrong 1."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

WRONG_FEE, WRONG = 5, 1


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One scenario, its answer, and what it costs."""

    id: str
    title: str
    family: str
    expected: str
    outcome: str
    penalty: int
    clause_ok: bool
    uncited: tuple[str, ...]
    clauses: tuple[str, ...]


def mark(scenario: Mapping[str, Any], answer: Mapping[str, Any]) -> Mark:
    """What this answer is worth. An answer that is none costs 1."""
    expect = scenario["expect"]
    cited = {one["fact_kind"] for one in answer.get("explanation", ()) if not one.get("missing")}
    clauses = tuple(answer.get("clauses", ()))
    return Mark(
        id=scenario["id"],
        title=scenario["title"],
        family=scenario["family"],
        expected=expect["outcome"],
        outcome=str(answer.get("outcome", "no answer")),
        penalty=penalty(expect, answer),
        clause_ok=clauses[:1] == () if not expect["clauses"] else bool({*clauses[:1]} & {*expect["clauses"]}),
        uncited=tuple(kind for kind in expect["must_cite"] if kind not in cited),
        clauses=clauses,
    )


def penalty(expect: Mapping[str, Any], answer: Mapping[str, Any]) -> int:
    """0, 1 or 5."""
    if answer.get("fee_proposed") and not expect["fee_proposed"]:
        return WRONG_FEE
    return 0 if answer.get("outcome") in expect["acceptable"] else WRONG


def score(marks: Iterable[Mark]) -> float:
    """1 - penalties / scenarios, not below 0."""
    found = list(marks)
    return max(0.0, 1 - sum(one.penalty for one in found) / max(1, len(found)))
