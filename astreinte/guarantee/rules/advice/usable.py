"""Which facts count, one small test each (facts.md, 2.1 to 2.3). What does not count is kept with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from astreinte.guarantee.rules.advice.reading import Fact
from astreinte.guarantee.rules.advice.vocabulary import KINDS, OUTSIDE

# Clocks differ a little; a fact from later than this is of nobody's time.
AHEAD = timedelta(minutes=2)
# Of two facts that disagree, the later one wins only when it is later by more than this.
NEWER = timedelta(minutes=5)
ENOUGH_POINTS = 2
CLAIMS = frozenset({"request.intent", "request.data_age", "network.loss_at"})
SEEN_FROM_OUTSIDE = ("http.", "icmp.", "tcp.", "ip.", "service.dialogue", "vantage.ok_ratio")
PROBER, COUNT = "vantage.prober", "vantage.count"


class Why(StrEnum):
    """Why a fact does not count."""

    STALE = "stale"
    FUTURE = "future"
    CLAIM = "claim"
    SOURCE = "source"
    BLIND = "blind"
    ALONE = "alone"


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """The facts that count; those that count for the customer only; those that do not, and why.

    `blind`: our own measuring side is not well. `alone`: one point only stands behind what was seen of something.
    """

    usable: tuple[Fact, ...]
    weak: frozenset[Fact]
    refused: tuple[tuple[Fact, Why], ...]
    blind: bool
    alone: bool


def is_stale(fact: Fact, *, at: datetime) -> bool:
    """Older than its kind may be. Its last second counts."""
    return at - fact.observed_at > KINDS[fact.kind].fresh


def is_from_the_future(fact: Fact, *, at: datetime) -> bool:
    """Dated later than clocks differ."""
    return fact.observed_at - at > AHEAD


def why_not(fact: Fact, *, at: datetime) -> Why | None:
    """Why this fact, looked at alone, does not count; None when it does."""
    if is_from_the_future(fact, at=at):
        return Why.FUTURE
    if is_stale(fact, at=at):
        return Why.STALE
    if fact.source == "customer" and fact.kind not in CLAIMS:
        return Why.CLAIM
    return None if fact.source in KINDS[fact.kind].sources else Why.SOURCE


def are_blind(facts: Iterable[Fact]) -> bool:
    """Our own measuring side is not well. Facts that disagree, close in time, are not a healthy prober."""
    return any(fact.value != "ok" for fact in _latest(facts, PROBER))


def lonely(facts: Iterable[Fact]) -> frozenset[str]:
    """The subjects behind which fewer than two vantage points stand; the empty one means all of them."""
    counts = [fact for fact in facts if fact.kind == COUNT]
    about = {fact.subject for fact in counts}
    return frozenset(subject for subject in about if any(map(_is_low, _latest(_of(counts, subject), COUNT))))


def sort(facts: Iterable[Fact], *, at: datetime) -> Sorted:
    """What counts, what counts for the customer only, what does not and why. In the same order whatever order was given."""
    ordered = sorted(facts, key=_place)
    each = [(fact, why_not(fact, at=at)) for fact in ordered]
    refused = [(fact, why) for fact, why in each if why]
    usable = [fact for fact, why in each if not why]
    blind = are_blind(usable)
    if blind:
        refused += [(fact, Why.BLIND) for fact in usable if _is_outside(fact) and fact.kind != PROBER]
        usable = [fact for fact in usable if not _is_outside(fact) or fact.kind == PROBER]
    alone = lonely(usable)
    void = {fact: None for fact in usable if _is_void(fact, alone)}
    kept = tuple(fact for fact in usable if fact not in void)
    weak = frozenset(fact for fact in kept if fact.source == "check" and _is_lonely(fact, alone))
    lost = (*refused, *((fact, Why.ALONE) for fact in void))
    return Sorted(usable=kept, weak=weak, refused=lost, blind=blind, alone=bool(alone))


def _place(fact: Fact) -> tuple[str, str, datetime, str, str]:
    return fact.kind, fact.subject, fact.observed_at, fact.source, str(fact.value)


def _is_outside(fact: Fact) -> bool:
    return fact.source in OUTSIDE


def _is_low(fact: Fact) -> bool:
    return float(fact.value) < ENOUGH_POINTS


def _of(facts: Iterable[Fact], subject: str) -> list[Fact]:
    return [fact for fact in facts if fact.subject == subject]


def _latest(facts: Iterable[Fact], kind: str) -> list[Fact]:
    found = [fact for fact in facts if fact.kind == kind]
    newest = max((fact.observed_at for fact in found), default=None)
    return [fact for fact in found if newest and newest - fact.observed_at <= NEWER]


def _is_lonely(fact: Fact, alone: frozenset[str]) -> bool:
    """What one point saw. Our own machine (`check`) also reads registries and mounts: that stays, for the customer only."""
    return fact.kind not in {COUNT, PROBER} and bool(alone & {"", fact.subject})


def _is_void(fact: Fact, alone: frozenset[str]) -> bool:
    looked = fact.source == "vantage" or fact.kind.startswith(SEEN_FROM_OUTSIDE)
    return looked and _is_outside(fact) and _is_lonely(fact, alone)
