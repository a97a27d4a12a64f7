"""What is known once contradictions are settled (facts.md, 2.4): one value for each kind and subject, or none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from astreinte.guarantee.rules.advice import usable
from astreinte.guarantee.rules.advice.reading import Fact
from astreinte.guarantee.rules.advice.subjects import MANAGED, stem
from astreinte.guarantee.rules.advice.usable import NEWER, Sorted
from astreinte.guarantee.rules.advice.vocabulary import KINDS, OUTSIDE

Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class View:
    """The settled facts. `contested` are those whose two values are equally good: neither counts."""

    by_kind: Mapping[str, tuple[Fact, ...]]
    contested: Mapping[Key, tuple[Fact, Fact]]
    sorted: Sorted
    at: datetime
    managers: Mapping[str, bool] = field(default_factory=dict)

    def of(self, kind: str) -> tuple[Fact, ...]:
        """Every settled fact of a kind."""
        return self.by_kind.get(kind, ())

    def about(self, kind: str, subject: str) -> Fact | None:
        """The settled fact of a kind about a subject, joined by service."""
        return next((fact for fact in self.of(kind) if stem(fact.subject) == stem(subject)), None)

    @property
    def facts(self) -> Iterable[Fact]:
        return (fact for facts in self.by_kind.values() for fact in facts)

    def is_managed(self, service: str) -> bool | None:
        """Whether the provider administers this service; None when nobody said (facts.md, 2.5)."""
        return self.managers.get(service, True if service in MANAGED else None)

    @property
    def firm(self) -> "View":
        """Without what one lonely point saw: what a fee may rest on."""
        weak = self.sorted.weak
        return (
            self if not weak else _view([f for f in self.facts if f not in weak], self.contested, self.sorted, self.at)
        )


def look(facts: Iterable[Fact], *, at: datetime) -> View:
    """What these facts say at this instant."""
    found = usable.sort(facts, at=at)
    settled: list[Fact] = []
    contested: dict[Key, tuple[Fact, Fact]] = {}
    for key, group in groupby(found.usable, key=lambda fact: (fact.kind, fact.subject)):
        chosen = settle(list(group))
        settled += chosen[:1] if len(chosen) == 1 else []
        if len(chosen) > 1:
            contested[key] = (chosen[0], chosen[1])
    return _view(settled, contested, found, at)


def settle(group: list[Fact]) -> tuple[Fact, ...]:
    """The one fact that counts among those of a kind and subject; two when they contradict each other.

    Outside beats inside beats the customer; at equal rank the newer wins when it is newer by more than five minutes.
    """
    best = max(map(_rank, group))
    agree = KINDS[group[0].kind].agree
    equals = sorted((fact for fact in group if _rank(fact) == best), key=lambda fact: fact.observed_at)
    newest = equals[-1]
    others = [fact for fact in equals if not agree(fact.value, newest.value)]
    if others and newest.observed_at - others[-1].observed_at <= NEWER:
        return newest, others[-1]
    return (newest,)


def _rank(fact: Fact) -> int:
    return 2 if fact.source in OUTSIDE else 0 if fact.source == "customer" else 1


def _view(facts: Iterable[Fact], contested: Mapping[Key, tuple[Fact, Fact]], found: Sorted, at: datetime) -> View:
    by_kind: dict[str, tuple[Fact, ...]] = {}
    for fact in facts:
        by_kind[fact.kind] = (*by_kind.get(fact.kind, ()), fact)
    managers = {stem(fact.subject): fact.value == "provider" for fact in by_kind.get("service.managed_by", ())}
    return View(by_kind=by_kind, contested=contested, sorted=found, at=at, managers=managers)
