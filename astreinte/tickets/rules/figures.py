"""What the verdicts of a period come to, in figures: for managers whole, for the public without what a few people would recognise. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

COVERED, EXCLUDED, UNDETERMINED = "covered", "excluded", "undetermined"
OUTCOMES = (COVERED, EXCLUDED, UNDETERMINED)
# What fewer people share is not published.
FEW = 5
# Fewer cases say nothing of how often an advice is right.
ENOUGH_CASES = 10


@dataclass(frozen=True, kw_only=True)
class Row:
    """So many verdicts that are alike in all of this. `cents`: what they bill, excl. VAT."""

    clause: str
    coverage: str
    state: str
    symptom: str
    forecast: str
    advised: str
    dispute: str
    many: int
    cents: int = 0

    @property
    def final(self) -> str:
        """What it comes to for the customer: a verdict that was overturned is covered."""
        return COVERED if self.state == "overturned" else self.coverage


@dataclass(frozen=True, kw_only=True)
class Count:
    """So many verdicts of one kind, what they came to, how many were contested, how many did not stand.

    `coverage`: what the verdicts of this kind say, for clauses.
    """

    key: str
    coverage: str
    many: int
    covered: int
    billed: int
    undetermined: int
    contested: int
    overturned: int


@dataclass(frozen=True, kw_only=True)
class Hits:
    """How often a forecast was what the verdict came to."""

    key: str
    many: int
    right: int


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Everything of a period. `cents`: what stands billed, excl. VAT."""

    whole: Count
    cents: int
    against_advice: int
    without_forecast: int
    disputes: int
    won: int
    lost: int
    forecasts: tuple[Hits, ...]
    clauses: tuple[Count, ...]
    symptoms: tuple[Count, ...]

    @property
    def waiting(self) -> int:
        """The disputes that wait for their answer."""
        return self.disputes - self.won - self.lost


def figures(rows: Iterable[Row]) -> Figures:
    """Add up."""
    known = list(rows)
    return Figures(
        whole=_count("", known),
        cents=sum(one.cents for one in known if one.final == EXCLUDED),
        against_advice=_many(known, lambda one: one.coverage == EXCLUDED and one.advised == COVERED),
        without_forecast=_many(known, lambda one: one.forecast not in OUTCOMES),
        disputes=_many(known, lambda one: bool(one.dispute)),
        won=_many(known, lambda one: one.dispute == "upheld"),
        lost=_many(known, lambda one: one.dispute == "dismissed"),
        forecasts=tuple(_hits(outcome, known) for outcome in OUTCOMES),
        clauses=_by(known, lambda one: one.clause),
        symptoms=_by(known, lambda one: one.symptom),
    )


def _many(rows: Iterable[Row], wanted: Callable[[Row], bool]) -> int:
    return sum(one.many for one in rows if wanted(one))


def _count(key: str, rows: list[Row]) -> Count:
    return Count(
        key=key,
        coverage=rows[0].coverage if rows else "",
        many=_many(rows, lambda _one: True),
        covered=_many(rows, lambda one: one.final == COVERED),
        billed=_many(rows, lambda one: one.final == EXCLUDED),
        undetermined=_many(rows, lambda one: one.final == UNDETERMINED),
        contested=_many(rows, lambda one: bool(one.dispute)),
        overturned=_many(rows, lambda one: one.state == "overturned"),
    )


def _by(rows: list[Row], key: Callable[[Row], str]) -> tuple[Count, ...]:
    found: dict[str, list[Row]] = {}
    for one in rows:
        found.setdefault(key(one), []).append(one)
    counts = [_count(name, alike) for name, alike in found.items()]
    return tuple(sorted(counts, key=lambda one: (-one.many, one.key)))


def _hits(outcome: str, rows: list[Row]) -> Hits:
    said = [one for one in rows if one.forecast == outcome]
    return Hits(key=outcome, many=_many(said, lambda _one: True), right=_many(said, lambda one: one.final == outcome))


# -- how often such an advice was right ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Past:
    """So many past cases whose forecast was this sure, and what they came to."""

    confidence: str
    final: str
    many: int


@dataclass(frozen=True, kw_only=True)
class Record:
    """How often an advice like this one was right; of one that cannot say, how often nothing was billed in the end.

    `confidence` is empty when there are too few cases that were as sure: then all those of this outcome are counted.
    """

    outcome: str
    confidence: str
    many: int
    right: int

    @property
    def is_enough(self) -> bool:
        return self.many >= ENOUGH_CASES


def record(outcome: str, confidence: str, past: Iterable[Past]) -> Record:
    """Among the cases with this outcome."""
    known = list(past)
    as_sure = [one for one in known if one.confidence == confidence]
    enough = sum(one.many for one in as_sure) >= ENOUGH_CASES
    counted = as_sure if enough else known
    right = {COVERED, UNDETERMINED} if outcome == UNDETERMINED else {outcome}
    return Record(
        outcome=outcome,
        confidence=confidence if enough else "",
        many=sum(one.many for one in counted),
        right=sum(one.many for one in counted if one.final in right),
    )


# -- for everybody ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of a whole. None when a few people would be recognised in it, or in the rest."""

    part: int | None
    whole: int | None

    @property
    def percent(self) -> int | None:
        return round(100 * self.part / self.whole) if self.part is not None and self.whole else None


@dataclass(frozen=True, kw_only=True)
class Published:
    """What everybody may read. None: too few people, who might be recognised."""

    whole: int | None
    covered: Share
    billed: Share
    contested: Share
    won: Share
    forecasts: tuple[tuple[str, Share], ...]
    clauses: tuple[tuple[str, int | None], ...]
    symptoms: tuple[tuple[str, int | None], ...]


def published(known: Figures) -> Published:
    """The figures, without what a few people would be recognised in."""
    whole = known.whole
    answered = known.won + known.lost
    return Published(
        whole=whole.many if whole.many >= FEW else None,
        covered=share(whole.covered, whole.many),
        billed=share(whole.billed, whole.many),
        contested=share(known.disputes, whole.billed + known.won),
        won=share(known.won, answered),
        forecasts=tuple((one.key, share(one.right, one.many)) for one in known.forecasts if one.key != UNDETERMINED),
        clauses=tuple(part for side in OUTCOMES for part in _clauses(known, side)),
        symptoms=parts((one.key, one.many) for one in known.symptoms),
    )


def _clauses(known: Figures, side: str) -> tuple[tuple[str, int | None], ...]:
    """Side by side: the sum of each is shown."""
    return parts((one.key, one.many) for one in known.clauses if one.coverage == side)


def share(part: int, whole: int) -> Share:
    """Shown when the part and the rest are both of many people; the rest could be told from the other two."""
    if whole < FEW:
        return Share(part=None, whole=None)
    return Share(part=part if part >= FEW and whole - part >= FEW else None, whole=whole)


def parts(counts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int | None], ...]:
    """The parts of a whole that is shown: those of a few people are hidden, and one more where a single one could be worked out."""
    known = list(counts)
    hidden = {key for key, many in known if many < FEW}
    shown = sorted((many, key) for key, many in known if key not in hidden)
    if hidden and shown and sum(many for key, many in known if key in hidden) < FEW:
        hidden.add(shown[0][1])
    return tuple((key, None if key in hidden else many) for key, many in known)
