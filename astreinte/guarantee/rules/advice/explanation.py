"""Why: an entry for every fact that establishes the outcome, is broken, or rules the other side out; then what was missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from astreinte.guarantee.rules.advice import telling
from astreinte.guarantee.rules.advice.cause import Cause, Match
from astreinte.guarantee.rules.advice.engine import OURS, THEIRS, Finding, Question
from astreinte.guarantee.rules.advice.reading import Fact
from astreinte.guarantee.rules.advice.relevance import explains
from astreinte.guarantee.rules.advice.view import View
from astreinte.guarantee.rules.advice.vocabulary import Value

# A reader stops long before; what establishes the outcome comes first.
MOST_CITED, MOST_MISSING = 80, 5
ENTITLEMENT = "entitlement.urgent"
# Facts about a service that does not work.
OF_A_SERVICE = ("service.managed_by", "service.failure_cause")
WELL = frozenset(
    {
        "http.witness",
        "http.direct",
        "http.site",
        "service.state",
        "service.dialogue",
        "tcp.port",
        "vantage.ok_ratio",
    }
)
SILENT = frozenset({"history.previous_verdict", "vantage.count", "notice.age"})


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One fact and why it is cited. `fact` is None for one that is missing."""

    kind: str
    subject: str
    role: str
    says: Mapping[str, str]
    fact: Fact | None = None


def reasons(finding: Finding, question: Question) -> list[Reason]:
    """Each fact once, under the first reason to cite it; the missing ones last."""
    found: dict[tuple[str, str, Value], Reason] = {}
    for role, fact, why in _cited(finding, question):
        key = (fact.kind, fact.subject, fact.value)
        if key not in found and len(found) < MOST_CITED:
            says = telling.tell(fact, why=why or telling.role(role), at=question.at)
            found[key] = Reason(kind=fact.kind, subject=fact.subject, role=role, says=says, fact=fact)
    return [*found.values(), *_missing(finding, question)]


Cited = tuple[str, Fact, Mapping[str, str] | None]


def _cited(finding: Finding, question: Question) -> Iterator[Cited]:
    view = finding.view
    if finding.outcome == "ineligible":
        refused = [finding.not_entitled] if finding.not_entitled else []
        yield from (("not-entitled", fact, None) for fact in refused)
        yield from (("not-in-plan", fact, None) for fact in view.of(ENTITLEMENT) if not refused)
        return
    yield from (("known-incident", fact, None) for fact in view.of("incident.open") if fact.value != "none")
    yield from _of_matches(finding.ours, "ours")
    yield from _of_matches(finding.proven, "theirs")
    yield from _of_failures(finding)
    yield from _of_matches(finding.held, "held")
    yield from _of_matches(finding.unproven, "named")
    yield from (("contested", fact, None) for pair in view.contested.values() for fact in pair)
    yield from _others(view, question.symptom)
    yield from ((why.value, fact, None) for fact, why in view.sorted.refused)


def _of_matches(matches: tuple[Match, ...], role: str) -> Iterator[Cited]:
    for match in matches:
        says = dict(match.cause.says) if role in {"ours", "theirs", "held"} else None
        yield from ((role, fact, says) for fact in match.found)
    for match in matches:
        yield from (("agrees", fact, None) for fact in match.support)
        yield from (("abnormal", fact, None) for fact in match.doubt)
        yield from (("context", fact, None) for fact in match.context)


def _of_failures(finding: Finding) -> Iterator[Cited]:
    for one in finding.failures:
        yield "broken", one.fact, None
    for one in finding.failures:
        for kind in OF_A_SERVICE:
            about = finding.view.about(kind, one.service)
            if about:
                yield "context", about, None


def _others(view: View, symptom: str) -> Iterator[Cited]:
    """What is not normal, what says whose it is, and what was found well, among what can explain the complaint."""
    mine = [fact for fact in view.facts if explains(fact.kind, fact.subject, symptom) and fact.kind not in SILENT]
    yield from (("abnormal", fact, None) for fact in mine if fact.band in {"alarm", "between"})
    yield from (("says-whose", fact, None) for fact in mine if fact.band == "said")
    yield from (("well", fact, None) for fact in mine if fact.band == "normal" and fact.kind in WELL)


def _missing(finding: Finding, question: Question) -> Iterator[Reason]:
    """For an answer nobody pays for: the facts that would have completed a cause, none of which is in the request."""
    given = {fact.kind for fact in question.facts}
    if finding.outcome == "ineligible" and ENTITLEMENT not in given:
        yield Reason(kind=ENTITLEMENT, subject="", role="not-in-plan", says=telling.role("not-in-plan"))
    if finding.outcome != "undetermined":
        return
    asked = dict.fromkeys(
        kind
        for cause in (*OURS, *THEIRS)
        for kind in _nearly(cause, finding.view, question.symptom)
        if kind not in given
    )
    for kind in [kind for kind in asked if kind][:MOST_MISSING]:
        yield Reason(kind=kind, subject="", role="missing", says=telling.missing(kind))


def _nearly(cause: Cause, view: View, symptom: str) -> Iterator[str]:
    """The kinds a cause still needs once its first condition holds."""
    first, *rest = cause.when
    for anchor in first.find(view, subject="", symptom=symptom):
        if not explains(anchor.kind, anchor.subject, symptom) or anchor.band == "normal":
            continue
        for condition in rest:
            if not condition.find(view, subject=anchor.subject, symptom=symptom):
                yield from condition.kinds
