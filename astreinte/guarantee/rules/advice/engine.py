"""Decides, in the order of facts.md, 3: ineligible, ours, proven theirs, broken without a cause, undetermined."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from astreinte.guarantee.rules.advice import (
    doubts,
    ours_desk,
    ours_host,
    theirs_doing,
    theirs_load,
    theirs_names,
    working,
)
from astreinte.guarantee.rules.advice.cause import Cause, Match, matches
from astreinte.guarantee.rules.advice.reading import Fact
from astreinte.guarantee.rules.advice.relevance import explains
from astreinte.guarantee.rules.advice.subjects import HOST, stem
from astreinte.guarantee.rules.advice.view import View, look
from astreinte.guarantee.rules.advice.working import Failure

Outcome = Literal["covered", "excluded", "undetermined", "ineligible"]
OURS: tuple[Cause, ...] = (*ours_host.CAUSES, *ours_desk.CAUSES)
THEIRS: tuple[Cause, ...] = (*theirs_load.CAUSES, *theirs_doing.CAUSES, *theirs_names.CAUSES)
DOUBTS: tuple[Cause, ...] = doubts.CAUSES
# With one vantage point nothing outside can confirm: two facts must then agree with a cause, not one.
WHEN_ALONE = 2
PERFORMANCE = "performance-not-ours"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the policy and the plan say: the clauses of each side, and whether urgent tickets are part of the plan."""

    covered: Collection[str]
    excluded: Collection[str]
    urgent: bool


@dataclass(frozen=True, kw_only=True)
class Question:
    """A complaint and the facts about it, at an instant. The customer's text is not here: it decides nothing."""

    terms: Terms
    symptom: str
    facts: tuple[Fact, ...]
    at: datetime
    more_causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The decision, and everything it rests on."""

    outcome: Outcome
    clauses: tuple[str, ...]
    view: View
    ours: tuple[Match, ...] = ()
    held: tuple[Match, ...] = ()
    proven: tuple[Match, ...] = ()
    unproven: tuple[Match, ...] = ()
    failures: tuple[Failure, ...] = ()
    not_entitled: Fact | None = None


def decide(question: Question) -> Finding:
    """The one decision. Pure: the same facts in any order give the same answer."""
    view = look(question.facts, at=question.at)
    refused = next((fact for fact in view.of("entitlement.urgent") if fact.value is False), None)
    if refused or not question.terms.urgent:
        return Finding(outcome="ineligible", clauses=(), view=view, not_entitled=refused)
    return _decide(question, view)


def _decide(question: Question, view: View) -> Finding:
    terms, symptom = question.terms, question.symptom
    ours = tuple(matches((*OURS, *_of(question, "provider")), view, symptom=symptom))
    named = tuple(matches((*THEIRS, *_of(question, "customer")), view.firm, symptom=symptom))
    failures = tuple(one for one in working.failures(view) if one.matters(symptom))
    free = tuple(
        match for match in (*ours, *named) if _clauses(match, terms.covered) and (match in ours or match.holds)
    )
    held = (*(match for match in ours if match not in free), *matches(DOUBTS, view, symptom=symptom))
    proven = tuple(
        match for match in named if _clauses(match, terms.excluded) and _is_proven(match, view, symptom=symptom)
    )
    left = [one for one in failures if not any(match.explains(one, view) for match in proven)]
    blocked = held or view.sorted.blind or any(one.managed is not False for one in left)
    known = {
        "view": view,
        "ours": free,
        "held": held,
        "failures": failures,
        "proven": () if blocked else proven,
        "unproven": named if blocked else tuple(match for match in named if match not in proven),
    }
    if free:
        return _finding("covered", _all_clauses(free, terms.covered, symptom), known)
    if proven and not blocked:
        return _finding("excluded", _all_clauses(proven, terms.excluded, symptom), known)
    alone = [one for one in left if _has_no_cause(one, named, view)]
    clauses = tuple(clause for clause in _of_failures(alone) if clause in terms.covered)
    if clauses:
        return _finding("covered", clauses, known)
    return _finding("undetermined", (), known)


def _is_proven(match: Match, view: View, *, symptom: str) -> bool:
    """The cause and what agrees with it, and no contradiction about a fact it uses or about the complaint (facts.md, 3.3)."""
    enough = len({fact.kind for fact in match.support}) >= WHEN_ALONE or not view.sorted.alone
    used, about = match.cause.kinds, {"", stem(match.subject)}
    contested = any(
        explains(kind, subject, symptom) or kind in match.cause.anyway or (kind in used and stem(subject) in about)
        for kind, subject in view.contested
    )
    return match.holds and enough and not contested


def _finding(outcome: Outcome, clauses: tuple[str, ...], known: dict) -> Finding:  # type: ignore[type-arg]
    return Finding(outcome=outcome, clauses=clauses, **known)


def _of(question: Question, side: str) -> tuple[Cause, ...]:
    return tuple(cause for cause in question.more_causes if cause.side == side)


def _clauses(match: Match, known: Collection[str]) -> tuple[str, ...]:
    return tuple(clause for clause in match.cause.clauses if clause in known)


def _has_no_cause(failure: Failure, named: tuple[Match, ...], view: View) -> bool:
    """Ours, broken for sure, and not by what a customer's cause names, proven or not (facts.md, 3.4)."""
    if failure.managed is not True or failure.doubted:
        return False
    return not any(match.explains(failure, view) or _half_explains(match, failure) for match in named)


def _half_explains(match: Match, failure: Failure) -> bool:
    """A link full of the customer's own traffic loses pings: no fee on that, and no fault of ours in it."""
    return failure.service == HOST and any(fact.kind == "network.uplink" for fact in match.found)


def _of_failures(failures: list[Failure]) -> tuple[str, ...]:
    services = any(one.service != HOST for one in failures)
    host = any(one.service == HOST for one in failures)
    found = (("host-down", "network-ours") if host else ()) + (("service-down",) if services else ())
    return tuple(reversed(found)) if services and host else found


def _all_clauses(found: tuple[Match, ...], known: Collection[str], symptom: str) -> tuple[str, ...]:
    """Best first: those of the first causes. Performance is a clause of its own only where slowness is complained of."""
    return tuple(
        dict.fromkeys(
            clause
            for match in found
            for clause in _clauses(match, known)
            if symptom == "slow" or clause != PERFORMANCE or clause == match.cause.clauses[0]
        )
    )
