"""What a cause asks of the facts: small conditions that can be read, printed, and written in a provider file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from astreinte.guarantee.rules.advice import working
from astreinte.guarantee.rules.advice.reading import Fact
from astreinte.guarantee.rules.advice.relevance import explains
from astreinte.guarantee.rules.advice.subjects import stem
from astreinte.guarantee.rules.advice.view import View

BANDS = ("alarm", "normal", "abnormal")
Where = Literal["same", "port", "any", "server"]


class Condition(Protocol):
    """Holds, with the facts that show it, or does not (no fact). `subject` is that of the first condition of the cause."""

    @property
    def kinds(self) -> frozenset[str]: ...

    @property
    def anyway(self) -> bool: ...

    def find(self, view: View, *, subject: str, symptom: str) -> tuple[Fact, ...]: ...


@dataclass(frozen=True, kw_only=True)
class Is:
    """A fact of this kind has one of these values: words of the kind, or `alarm`, `normal`, `abnormal`.

    `on`: a subject by name, or "same" as the first condition (joined by service), the same "port", "any", the "server" itself.
    `most` and `least` bound a number. `anyway`: agrees even where 2.7 would not let it explain the complaint. `measured`: not the
    customer's word.
    """

    kind: str
    is_: tuple[str, ...] = ()
    on: str = "any"
    least: float | None = None
    most: float | None = None
    anyway: bool = False
    measured: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset({self.kind})

    def find(self, view: View, *, subject: str, symptom: str) -> tuple[Fact, ...]:
        del symptom
        return tuple(fact for fact in view.of(self.kind) if self.holds(fact) and _is_on(fact, self.on, subject))

    def holds(self, fact: Fact) -> bool:
        """The fact alone, wherever it is about."""
        if self.measured and fact.source == "customer":
            return False
        if self.least is not None or self.most is not None:
            number = float(fact.value)
            return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)
        where = fact.band
        return str(fact.value) in self.is_ or where in self.is_ or ("abnormal" in self.is_ and where in _NOT_NORMAL)


_NOT_NORMAL = frozenset({"alarm", "between"})


def _is_on(fact: Fact, on: str, subject: str) -> bool:
    if on == "any":
        return True
    if on == "server":
        return not fact.subject
    if on == "port":
        return fact.subject == subject
    return stem(fact.subject) == stem(subject if on == "same" else on)


@dataclass(frozen=True, kw_only=True)
class Known:
    """Any fact of this kind about the subject, whatever its value."""

    kind: str
    anyway: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset({self.kind})

    def find(self, view: View, *, subject: str, symptom: str) -> tuple[Fact, ...]:
        del symptom
        return tuple(fact for fact in view.of(self.kind) if stem(fact.subject) == stem(subject))


@dataclass(frozen=True, kw_only=True)
class Beyond:
    """The number of one kind is greater than that of another."""

    kind: str
    limit: str
    anyway: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset({self.kind, self.limit})

    def find(self, view: View, *, subject: str, symptom: str) -> tuple[Fact, ...]:
        del subject, symptom
        pairs = [
            (one, other)
            for one in view.of(self.kind)
            for other in view.of(self.limit)
            if float(one.value) > float(other.value)
        ]
        return pairs[0] if pairs else ()


@dataclass(frozen=True, kw_only=True)
class Failing:
    """Something visibly fails that belongs to the complaint."""

    anyway: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset()

    def find(self, view: View, *, subject: str, symptom: str) -> tuple[Fact, ...]:
        del subject
        return tuple(_failing(view, symptom))


VISIBLE = (
    "http.site",
    "http.direct",
    "app.state",
    "dns.answer",
    "dns.dnssec",
    "backup.access",
    "ip.family",
    "tls.days_left",
    "vantage.ok_ratio",
)


def _failing(view: View, symptom: str) -> Iterator[Fact]:
    for kind in VISIBLE:
        for fact in view.of(kind):
            if fact.band == "alarm" and explains(kind, fact.subject, symptom):
                yield fact
    for one in working.failures(view):
        if one.matters(symptom):
            yield one.fact


@dataclass(frozen=True, kw_only=True)
class AllNormal:
    """Everything that was measured is normal, and the outside or the services were looked at."""

    anyway: bool = True

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset()

    def find(self, view: View, *, subject: str, symptom: str) -> tuple[Fact, ...]:
        del subject, symptom
        measured = [fact for fact in view.facts if fact.source != "customer" and fact.kind not in SAYS_WHOSE]
        well = [fact for fact in measured if fact.band in {"normal", "said"}]
        if len(well) < len(measured) or view.contested:
            return ()
        return tuple(fact for fact in well if fact.kind in LOOKED_AT)


# What says whose or how, and not how well.
SAYS_WHOSE = frozenset(
    {
        "service.managed_by",
        "http.front",
        "dns.delegation",
        "tls.origin",
        "limit.set_by",
        "history.previous_verdict",
        "domain.auto_renew",
    }
)
LOOKED_AT = frozenset(
    {
        "http.witness",
        "http.site",
        "http.direct",
        "service.state",
        "service.dialogue",
        "tcp.port",
        "vantage.ok_ratio",
        "backup.access",
    }
)
