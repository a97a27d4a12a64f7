"""What the coverage advice costs: two hundred facts, one answer, no database."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from astreinte.guarantee.rules import published
from astreinte.guarantee.rules.advice import Question, Terms, advise, read
from astreinte.guarantee.rules.advice.vocabulary import KINDS, SYMPTOMS, Kind
from devtools.bench.measures import Figure, rank

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
FACTS, ROUNDS = 200, 20


def facts(count: int = FACTS) -> list[dict[str, Any]]:
    """So many facts of every kind, most of them not normal, about many subjects: the worst there is to read."""
    kinds = list(KINDS.values())
    return [_fact(kinds[number % len(kinds)], number) for number in range(count)]


def _fact(kind: Kind, number: int) -> dict[str, Any]:
    value: Any = kind.values[-1] if kind.values else True if kind.type == "bool" else kind.most or 1_000
    seen = AT - timedelta(seconds=30 + number % 7)
    said = {"kind": kind.name, "value": value, "observed_at": seen.isoformat(), "source": min(kind.sources)}
    return said if kind.subject == "none" else {**said, "subject": f"site{number // len(KINDS)}.example"}


def advice() -> list[Figure]:
    """Processor time from JSON to the answer, reasons included, for every symptom."""
    lists = next(iter(published.POLICIES.values()))
    terms = Terms(covered=lists.covered, excluded=lists.excluded, urgent=True)
    said, taken = facts(), []
    for symptom in [*SYMPTOMS] * ROUNDS:
        began = time.process_time()
        found, _wrong = read(said)
        advise(Question(terms=terms, symptom=symptom, facts=found, at=AT))
        taken.append((time.process_time() - began) * 1000)
    return [Figure(name=f"advice on {FACTS} facts, p95", value=rank(taken, 0.95), unit="ms", limit=10)]
