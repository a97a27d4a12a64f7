"""What does not work: services, as their state and as they are seen, and the server as it is reached from outside."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from astreinte.guarantee.rules.advice.reading import Fact
from astreinte.guarantee.rules.advice.relevance import of_service
from astreinte.guarantee.rules.advice.subjects import HOST, MANAGED, stem
from astreinte.guarantee.rules.advice.view import View

HTTP = "http"
BAD_STATES = frozenset({"degraded", "restarted", "crash-loop", "failed", "stopped"})
# These two say that nothing answers: a whole conversation that went well says the contrary, from outside.
DEAD_STATES = frozenset({"failed", "stopped"})
CLOSED = frozenset({"refused", "rejected", "timeout"})
REAL_OUTAGE_S = 60
GONE_RATIO = 0.5


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A service (or the host) that does not work, the fact that shows it, and whether the provider administers it."""

    service: str
    fact: Fact
    managed: bool | None
    doubted: bool = False

    def matters(self, symptom: str) -> bool:
        """Whether this failure can be the complaint (facts.md, 2.7)."""
        return (
            self.service == HOST
            or symptom in of_service(self.service)
            or (self.managed is True and symptom in {"how-to", "other"})
        )


def failures(view: View) -> list[Failure]:
    """Everything that does not work, in a stable order."""
    found = [*_services(view), *_host(view)]
    return [
        Failure(service=service, fact=fact, managed=_managed(view, service), doubted=_is_doubted(view, service, fact))
        for service, fact in found
    ]


def _managed(view: View, service: str) -> bool | None:
    return True if service == HOST else view.is_managed(service)


def _services(view: View) -> Iterator[tuple[str, Fact]]:
    for kind, is_bad in SIGNS.items():
        for fact in view.of(kind):
            if is_bad(fact):
                yield HTTP if kind == "http.witness" else stem(fact.subject), fact
    yield from _gone(view)


SIGNS: dict[str, Callable[[Fact], bool]] = {
    "service.state": lambda fact: fact.value in BAD_STATES,
    "tcp.port": lambda fact: fact.value in CLOSED,
    "service.dialogue": lambda fact: fact.value != "ok",
    # A slow witness page names no cause.
    "http.witness": lambda fact: fact.value not in {"ok", "slow"},
}


def _gone(view: View) -> Iterator[tuple[str, Fact]]:
    """A service by name that most points do not reach, or that was away; a site is only a symptom."""
    for fact in view.of("vantage.ok_ratio"):
        if stem(fact.subject) in MANAGED and float(fact.value) <= GONE_RATIO:
            yield stem(fact.subject), fact
    for fact in view.of("history.outage"):
        if stem(fact.subject) in MANAGED and float(fact.value) >= REAL_OUTAGE_S:
            yield stem(fact.subject), fact


def _host(view: View) -> Iterator[tuple[str, Fact]]:
    for fact in view.of("icmp.loss_percent"):
        if fact.band == "alarm":
            yield HOST, fact
    for fact in view.of("vantage.ok_ratio"):
        if fact.subject == HOST and float(fact.value) <= GONE_RATIO:
            yield HOST, fact
    for fact in view.of("history.outage"):
        if fact.subject in {"", HOST} and float(fact.value) >= REAL_OUTAGE_S:
            yield HOST, fact


def _is_doubted(view: View, service: str, fact: Fact) -> bool:
    """A dead service that answers from outside (facts.md, 2.4): not broken for sure, not sound for sure."""
    if fact.kind != "service.state" or fact.value not in DEAD_STATES:
        return False
    spoke = [one for one in view.of("service.dialogue") if stem(one.subject) == service and one.value == "ok"]
    witness = [one for one in view.of("http.witness") if one.value == "ok"] if service == HTTP else []
    return bool(spoke or witness)
