"""A cause, as a row of a table: what establishes it, what unmakes it, what proves it, which failures it explains."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from astreinte.guarantee.rules.advice.conditions import Condition
from astreinte.guarantee.rules.advice.reading import Fact
from astreinte.guarantee.rules.advice.relevance import explains
from astreinte.guarantee.rules.advice.subjects import stem
from astreinte.guarantee.rules.advice.view import View
from astreinte.guarantee.rules.advice.working import Failure

Side = Literal["provider", "customer"]


class Link(StrEnum):
    """How a cause may explain that a managed service does not work (facts.md, 3.3)."""

    DISK_FULL = "disk-full"  # the service's log says so
    OUT_OF_MEMORY = "out-of-memory"  # the service's log says so
    KILLED = "killed"  # processes were killed, and no log says otherwise
    PORT = "port"  # a rule closes this very port
    SERVICE = "service"  # this service was stopped, or its setting is wrong
    EVERYTHING = "everything"  # the machine is off


@dataclass(frozen=True, kw_only=True, eq=False)
class Cause:
    """One row of facts.md, 4 or 5.

    `when` must all hold, the first one gives the subject; none of `unless` may. On the customer's side it is proven by one fact of
    `support`, of a kind that `when` does not use, and by nothing of `doubt`. `context` is cited when it is known.
    """

    name: str
    side: Side
    clauses: tuple[str, ...]
    when: tuple[Condition, ...]
    says: Mapping[str, str]
    unless: tuple[Condition, ...] = ()
    support: tuple[Condition, ...] = ()
    doubt: tuple[Condition, ...] = ()
    context: tuple[Condition, ...] = ()
    symptoms: frozenset[str] | None = None
    links: frozenset[Link] = field(default_factory=frozenset)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Everything it asks of the facts."""
        return (*self.when, *self.unless, *self.support, *self.doubt, *self.context)

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind it looks at."""
        return frozenset().union(*(condition.kinds for condition in self.conditions))

    @property
    def anyway(self) -> frozenset[str]:
        """Those it looks at even where they cannot explain the complaint."""
        return frozenset().union(*(condition.kinds for condition in self.conditions if condition.anyway))


def ours(name: str, clauses: tuple[str, ...], *when: Condition, fr: str, en: str, **more: Any) -> Cause:
    """A row of the provider's side. One fact is enough: a doubt is never the customer's to pay."""
    return Cause(name=name, side="provider", clauses=clauses, when=when, says={"fr": fr, "en": en}, **more)


def theirs(name: str, clauses: tuple[str, ...], *when: Condition, fr: str, en: str, **more: Any) -> Cause:
    """A row of the customer's side: it must still be proven (facts.md, 3.3)."""
    return Cause(name=name, side="customer", clauses=clauses, when=when, says={"fr": fr, "en": en}, **more)


@dataclass(frozen=True, kw_only=True, eq=False)
class Match:
    """A cause that stands, about a subject, with the facts that say so and those that agree."""

    cause: Cause
    subject: str
    found: tuple[Fact, ...]
    support: tuple[Fact, ...]
    doubt: tuple[Fact, ...]
    context: tuple[Fact, ...]

    @property
    def holds(self) -> bool:
        """The cause, and one more usable, measured fact of another kind that agrees; nothing that makes it doubtful."""
        return bool(self.support) and not self.doubt

    def explains(self, failure: Failure, view: View) -> bool:
        """Whether this failure follows from the cause."""
        return any(LINKS[link](self, failure, view) for link in self.cause.links)


def matches(causes: tuple[Cause, ...], view: View, *, symptom: str) -> Iterator[Match]:
    """Every cause that stands and can explain the complaint."""
    for cause in causes:
        if cause.symptoms is None or symptom in cause.symptoms:
            yield from _matches(cause, view, symptom)


def _matches(cause: Cause, view: View, symptom: str) -> Iterator[Match]:
    for anchor in cause.when[0].find(view, subject="", symptom=symptom):
        if cause.symptoms is None and not explains(anchor.kind, anchor.subject, symptom):
            continue
        match = _match(cause, anchor, Look(view=view, subject=anchor.subject, symptom=symptom))
        yield from [match] if match else []


@dataclass(frozen=True, kw_only=True)
class Look:
    """Where a cause is looked for: among these facts, about this subject, for this complaint."""

    view: View
    subject: str
    symptom: str

    def found(self, condition: Condition) -> tuple[Fact, ...]:
        """The facts that meet a condition."""
        return condition.find(self.view, subject=self.subject, symptom=self.symptom)

    def agreeing(self, conditions: tuple[Condition, ...]) -> tuple[Fact, ...]:
        """Those that meet one of these, among what can explain the complaint."""
        return unique(
            tuple(
                fact
                for condition in conditions
                for fact in self.found(condition)
                if condition.anyway or explains(fact.kind, fact.subject, self.symptom)
            )
        )


def _match(cause: Cause, anchor: Fact, look: Look) -> Match | None:
    parts = [look.found(condition) for condition in cause.when[1:]]
    if not all(parts) or any(map(look.found, cause.unless)):
        return None
    facts = unique((anchor, *(fact for part in parts for fact in part)))
    used = {fact.kind for fact in facts}
    return Match(
        cause=cause,
        subject=look.subject,
        found=facts,
        support=tuple(fact for fact in look.agreeing(cause.support) if fact.kind not in used),
        doubt=look.agreeing(cause.doubt),
        context=unique(tuple(fact for condition in cause.context for fact in look.found(condition))),
    )


def unique(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Each once, in the order of the first."""
    return tuple(dict.fromkeys(facts))


def _says(failure: Failure, view: View, *causes: str) -> bool:
    log = view.about("service.failure_cause", failure.service)
    return log is not None and log.value in causes


def _is_killed(_match: Match, failure: Failure, view: View) -> bool:
    stopped = failure.fact.kind == "service.state" and failure.fact.value in {"restarted", "failed", "crash-loop"}
    return stopped and view.about("service.failure_cause", failure.service) is None


def _is_behind_the_port(match: Match, failure: Failure, _view: View) -> bool:
    if failure.fact.kind == "tcp.port":
        return failure.fact.subject == match.subject
    seen = {"http.witness", "service.dialogue", "vantage.ok_ratio"}
    return failure.fact.kind in seen and failure.service == stem(match.subject)


LINKS: Mapping[Link, Callable[[Match, Failure, View], bool]] = {
    Link.DISK_FULL: lambda _match, failure, view: _says(failure, view, "disk-full"),
    Link.OUT_OF_MEMORY: lambda _match, failure, view: _says(failure, view, "out-of-memory"),
    Link.KILLED: _is_killed,
    Link.PORT: _is_behind_the_port,
    Link.SERVICE: lambda match, failure, _view: failure.service == stem(match.subject),
    Link.EVERYTHING: lambda _match, _failure, _view: True,
}
