"""Scores the advice of this tree on scenarios, one JSON a line: a table by family, what failed and why, and the weighted score."""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from astreinte.guarantee.rules import published
from astreinte.guarantee.rules.advice import Question, Terms, advise, read
from devtools.score.scoring import Mark, mark, score

ROOT = Path(__file__).resolve().parent.parent.parent
SCENARIOS = [ROOT / "tests/data/coverage-scenarios.jsonl", ROOT / "tests/data/coverage-scenarios-more.jsonl"]
ENOUGH = 0.95


def main() -> int:
    """0 when no fee is wrongly proposed and the weighted score is enough."""
    parser = argparse.ArgumentParser(prog="python -m devtools.score", description=__doc__)
    parser.add_argument("file", nargs="*", type=Path, help="scenarios, one JSON a line; ours when none is named")
    good = True
    for path in parser.parse_args().file or SCENARIOS:
        marks = [mark(scenario, answer(scenario)) for scenario in scenarios(path)]
        print(f"\n{path.name}: {len(marks)} scenarios\n")
        print("\n".join([*_table(marks), *_failures(marks), "", *_summary(marks)]))
        good = good and score(marks) >= ENOUGH and not any(one.penalty > 1 for one in marks)
    return 0 if good else 1


def scenarios(path: Path) -> list[dict[str, Any]]:
    """The scenarios of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def question(scenario: Mapping[str, Any]) -> Question:
    """What a scenario asks, at its own time, under the published policy and plan it names."""
    at = datetime.fromisoformat(scenario["at"])
    lists = published.POLICIES[datetime.fromisoformat(scenario["policy"]).date()]
    facts, wrong = read(scenario["facts"])
    if wrong:
        raise ValueError(f"{scenario['id']}: {wrong[0].place}: {wrong[0].msgid % wrong[0].params}")
    terms = Terms(covered=lists.covered, excluded=lists.excluded, urgent=published.PLANS[scenario["plan"]])
    return Question(terms=terms, symptom=scenario["symptom"], facts=facts, at=at)


def answer(scenario: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the engine says."""
    return advise(question(scenario)).as_json


def _table(marks: list[Mark]) -> Iterable[str]:
    yield f"{'family':18}{'scenarios':>10}{'right':>7}{'wrong fee':>11}{'score':>8}{'clauses':>9}{'cited':>7}"
    for family in [*sorted({one.family for one in marks}), ""]:
        some = [one for one in marks if family in {"", one.family}]
        right = sum(not one.penalty for one in some)
        fees = sum(one.penalty > 1 for one in some)
        clauses, cited = sum(one.clause_ok for one in some), sum(not one.uncited for one in some)
        yield f"{family or 'all':18}{len(some):>10}{right:>7}{fees:>11}{score(some):>8.3f}{clauses:>9}{cited:>7}"


def _failures(marks: list[Mark]) -> Iterable[str]:
    for one in marks:
        faults = [
            *([f"said {one.outcome}, expected {one.expected} (-{one.penalty})"] if one.penalty else []),
            *([] if one.clause_ok else [f"clause {', '.join(one.clauses) or 'none'}"]),
            *([f"not cited: {', '.join(one.uncited)}"] if one.uncited else []),
        ]
        if faults:
            yield f"\n{one.id} {one.title}\n    " + "; ".join(faults)


def _summary(marks: list[Mark]) -> Iterable[str]:
    fees = sum(one.penalty > 1 for one in marks)
    yield f"Weighted score {score(marks):.4f} (at least {ENOUGH}); fees wrongly proposed: {fees} (none)."
    yield f"Right first clause: {sum(one.clause_ok for one in marks)}; all that must be cited: {sum(not one.uncited for one in marks)}."


if __name__ == "__main__":
    sys.exit(main())
