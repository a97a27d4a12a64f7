"""From what Prometheus answers to facts: the worst of several answers about one thing, dated by its newest sample."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from astreinte.core.texts import plain
from astreinte.guarantee.rules.advice.vocabulary import KINDS, Kind, Value
from astreinte.tickets.rules.metrics import promql
from astreinte.tickets.rules.metrics.table import SOURCE, Query

# Facts of one question, and of all of them: an advice takes no more than 500 in all.
MOST_OF_ONE, MOST = 40, 200
LONGEST_SUBJECT, LONGEST_DETAIL = 300, 200
# Labels that say where a sample comes from, not what it is about.
OF_THE_SCRAPE = frozenset({"__name__", "instance", "job", promql.PART})
Fact = dict[str, Any]


class Nonsense(Exception):  # noqa: N818 - an answer, not an error
    """This is not how Prometheus answers."""


@dataclass(frozen=True, kw_only=True)
class _Row:
    labels: Mapping[str, str]
    number: float

    @property
    def part(self) -> str:
        return self.labels.get(promql.PART, "")


def read(text: str, query: Query) -> list[Fact]:
    """The facts that this answer is. Raises Nonsense. An answer without the time of its samples is no evidence."""
    try:
        rows = _rows(json.loads(text))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise Nonsense from None
    seen = [row.number for row in rows if row.part == promql.SEEN and 0 < row.number < 1e11]  # noqa: PLR2004 - a year
    if not seen:
        return []
    at = datetime.fromtimestamp(max(seen), UTC)
    found = (_fact(row, query, at) for row in rows if row.part == promql.VALUE)
    return worst(one for one in found if one)[:MOST_OF_ONE]


def _rows(said: Any) -> list[_Row]:
    if said["status"] != "success":
        raise ValueError(said["status"])
    return [
        _Row(labels={str(key): str(value) for key, value in row["metric"].items()}, number=float(row["value"][1]))
        for row in said["data"]["result"]
    ]


def _fact(row: _Row, query: Query, at: datetime) -> Fact | None:
    subject, value = query.about(row.labels), _value(row.number, query)
    if subject is None or value is None or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        return None
    said = {"kind": query.fact, "value": value, "source": SOURCE, "observed_at": at.isoformat()}
    detail = ", ".join(f"{name} {text}" for name, text in sorted(row.labels.items()) if name not in OF_THE_SCRAPE)
    return {
        **said,
        **({"subject": subject} if subject else {}),
        **({"detail": plain(detail, limit=LONGEST_DETAIL, one_line=True)} if detail else {}),
    }


def _value(number: float, query: Query) -> Value | None:
    if not math.isfinite(number):
        return None
    if query.values:
        return query.values.get(number)
    kind = query.kind
    kept = min(
        max(number, kind.least if kind.least is not None else number), kind.most if kind.most is not None else number
    )
    return round(kept) if kind.type in {"integer", "duration"} else round(kept, 2)


# -- several answers about one thing -------------------------------------------------------------------------------------


def worst(facts: Iterable[Fact]) -> list[Fact]:
    """One fact for each thing: the worst, as the kinds order their values. The worst first, at most `MOST`."""
    found: dict[tuple[str, str], Fact] = {}
    for one in facts:
        key = (one["kind"], one.get("subject", "").lower())
        if key not in found or _badness(one) > _badness(found[key]):
            found[key] = one
    return sorted(found.values(), key=_badness, reverse=True)[:MOST]


def _badness(fact: Fact) -> float:
    """Words are listed from well to worse; a number is worse towards its alarm."""
    kind: Kind = KINDS[fact["kind"]]
    value = fact["value"]
    if kind.values:
        return kind.values.index(value)
    return float(-value if kind.alarm and "max" in kind.alarm else value)
