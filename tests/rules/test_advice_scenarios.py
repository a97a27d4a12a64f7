"""The coverage advice against labelled scenarios: those of the domain, and ours."""

import copy

import pytest

from astreinte.guarantee.rules.advice import advise, telling
from astreinte.guarantee.rules.advice.engine import DOUBTS, OURS, THEIRS
from astreinte.guarantee.rules.advice.vocabulary import KINDS
from devtools.score.__main__ import ENOUGH, SCENARIOS, answer, question, scenarios
from devtools.score.scoring import mark, score

ALL = [scenario for path in SCENARIOS for scenario in scenarios(path)]
# Facts that say whose something is, and what they may say instead.
OWNERS = {
    "resource.top_owner": ("provider", "unknown", "other-customer"),
    "limit.set_by": ("provider",),
    "service.managed_by": ("provider",),
    "firewall.blocking_rule": ("provider", "none"),
    "tls.renewal_blocker": ("provider", "unknown", "none"),
    "host.reboot_cause": ("provider", "unknown", "hardware"),
    "domain.registrar": ("provider",),
    "dns.delegation": ("provider", "none"),
    "change.by": ("provider",),
}


def told(scenario):
    return advise(question(scenario))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_no_fee_is_wrongly_proposed_and_nearly_everything_is_right(path):
    marks = [mark(scenario, answer(scenario)) for scenario in scenarios(path)]
    assert [one.id for one in marks if one.penalty > 1] == []
    assert score(marks) >= ENOUGH
    assert [one.id for one in marks if not one.clause_ok] == []
    assert [(one.id, one.uncited) for one in marks if one.uncited] == []


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario["id"])
def test_an_explanation_cites_what_was_said_and_nothing_else(scenario):
    found = answer(scenario)
    given = {fact["kind"] for fact in scenario["facts"]}
    for entry in found["explanation"]:
        assert set(entry["says"]) == {"fr", "en"}
        assert all(entry["says"].values())
        assert (entry["fact_kind"] in given) is not entry.get("missing", False), entry
    assert found["fee_proposed"] is (found["outcome"] == "excluded")
    assert bool(found["clauses"]) is (found["outcome"] in {"covered", "excluded"})


def test_a_fact_that_is_taken_away_never_makes_a_fee_unless_it_spoke_for_the_provider_s_side():
    """What is missing is no evidence: only a cause of ours, a broken service, a void or an end of entitlement may hide a fee."""
    speaking = {cause.when[0].kind for cause in (*OURS, *DOUBTS) if hasattr(cause.when[0], "kind")}
    speaking |= {"entitlement.urgent", "vantage.prober", "vantage.count", "resource.top_owner", "service.state"}
    speaking |= {"tcp.port", "http.witness"}
    for scenario in ALL:
        before = told(scenario)
        for place, fact in enumerate(scenario["facts"]):
            less = copy.deepcopy(scenario)
            del less["facts"][place]
            if told(less).fee_proposed and not before.fee_proposed:
                says = KINDS[fact["kind"]].band(fact["value"]) != "normal"
                doubles = [one for one in scenario["facts"] if (one["kind"], one.get("subject")) == _about(fact)]
                assert (fact["kind"] in speaking and says) or len(doubles) > 1 or says, (scenario["id"], fact)


def _about(fact):
    return fact["kind"], fact.get("subject")


def test_an_old_fact_is_as_good_as_none():
    for scenario in ALL:
        for place in range(len(scenario["facts"])):
            old, less = copy.deepcopy(scenario), copy.deepcopy(scenario)
            old["facts"][place]["observed_at"] = "2026-01-01T00:00:00Z"
            del less["facts"][place]
            one, other = told(old), told(less)
            assert (one.outcome, one.clauses) == (other.outcome, other.clauses), (scenario["id"], place)


def test_what_becomes_ours_or_nobody_s_is_not_billed_on_that_ground():
    """Each owner is turned, one at a time: what still is billed rests on another cause."""
    for scenario in ALL:
        for place, fact in enumerate(scenario["facts"]):
            for owner in OWNERS.get(fact["kind"], ()):
                turned = copy.deepcopy(scenario)
                turned["facts"][place]["value"] = owner
                found = told(turned)
                causes = {(one.kind, one.subject, one.fact.value) for one in found.reasons if one.role == "theirs"}
                if found.fee_proposed:
                    assert (fact["kind"], fact.get("subject", ""), owner) not in causes or owner == fact["value"], (
                        scenario["id"],
                        fact,
                    )


def test_what_the_customer_says_of_anything_is_worth_no_fee():
    for scenario in ALL:
        said = copy.deepcopy(scenario)
        for fact in said["facts"]:
            fact["source"] = "customer"
        assert told(said).outcome in {"undetermined", "ineligible"}, scenario["id"]


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "vantage.prober", "value": "offline", "source": "check"},
        {"kind": "entitlement.urgent", "value": False, "source": "provider"},
        {"kind": "maintenance.window", "value": "active", "source": "provider"},
        {"kind": "hardware.raid", "value": "failed", "source": "prometheus"},
        {"kind": "network.border", "value": "down", "source": "provider"},
        {"kind": "attack.layer", "value": "l3-l4", "source": "prometheus"},
    ],
    ids=lambda fact: fact["kind"],
)
def test_one_such_fact_and_nothing_is_billed(more):
    for scenario in ALL:
        facts = [fact for fact in scenario["facts"] if fact["kind"] != more["kind"]]
        assert not told({**scenario, "facts": [*facts, {**more, "observed_at": scenario["at"]}]}).fee_proposed


def test_a_plan_without_urgent_tickets_is_never_asked_anything_else():
    for scenario in ALL:
        found = told({**scenario, "plan": "shared"})
        assert (found.outcome, found.clauses, found.fee_proposed) == ("ineligible", (), False)


def test_a_fact_used_by_a_cause_and_contradicted_makes_it_doubtful():
    """Same source, same instant, another word: neither counts, and what rested on it is not billed."""
    for scenario in ALL:
        before = told(scenario)
        for one in before.reasons if before.fee_proposed else ():
            if one.role not in {"theirs", "agrees"} or one.fact is None or KINDS[one.kind].type != "enum":
                continue
            place = next(
                i for i, fact in enumerate(scenario["facts"]) if fact["value"] == one.fact.value and _is(fact, one)
            )
            other = copy.deepcopy(scenario["facts"][place])
            other["value"] = next(value for value in KINDS[one.kind].values if value != other["value"])
            assert not told({**scenario, "facts": [*scenario["facts"], other]}).fee_proposed, (scenario["id"], one.kind)


def _is(fact, reason):
    at = reason.fact.observed_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return (fact["kind"], fact.get("subject", ""), fact["observed_at"]) == (reason.kind, reason.subject, at)


def test_every_kind_and_value_has_its_words():
    assert set(telling.WORDS["kinds"]) == set(KINDS)
    assert {value for kind in KINDS.values() for value in kind.values} <= set(telling.WORDS["values"])
    for words in telling.WORDS.values():
        assert all(len(pair) == 2 and all(pair) for pair in words.values())


def test_every_cause_says_why_in_both_languages_and_one_of_theirs_can_be_proven():
    for cause in (*OURS, *THEIRS, *DOUBTS):
        assert set(cause.says) == {"fr", "en"}
        assert all(kind in KINDS for kind in cause.kinds), cause.name
    for cause in THEIRS:
        assert cause.support, cause.name
    assert len({cause.name for cause in (*OURS, *THEIRS, *DOUBTS)}) == len((*OURS, *THEIRS, *DOUBTS))
