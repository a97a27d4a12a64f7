"""The advice whatever the facts are: any of them, in any order, with any number of others."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from astreinte.guarantee.rules import published
from astreinte.guarantee.rules.advice import Question, Terms, advise, read
from astreinte.guarantee.rules.advice.relevance import explains
from astreinte.guarantee.rules.advice.vocabulary import KINDS, SOURCES, SYMPTOMS

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
SUBJECTS = (
    "boutique.example",
    "http",
    "https:443",
    "mysql",
    "imap:993",
    "ssh",
    "ftp:21",
    "disk",
    "memory",
    "cpu",
    "workers",
    "/",
)
LISTS = published.POLICIES[datetime(2019, 12, 13).date()]  # noqa: DTZ001
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def value_of(kind):
    if kind.type == "enum":
        return st.sampled_from(kind.values)
    if kind.type == "bool":
        return st.booleans()
    edges = [bound for band in (kind.normal, kind.alarm) if band for bound in band.values()] or [0, 60, 604_800]
    return st.sampled_from(edges).flatmap(lambda edge: st.sampled_from([edge, max(kind.least or 0, edge - 1)]))


@st.composite
def facts(draw):
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    said = {
        "kind": kind.name,
        "value": draw(value_of(kind)),
        "observed_at": (
            AT - timedelta(seconds=draw(st.sampled_from([0, 30, 400, 800, 2_000, 90_000, -60, -600])))
        ).isoformat(),
        "source": draw(st.sampled_from([*sorted(kind.sources), *SOURCES])),
    }
    return {**said, "subject": draw(st.sampled_from(SUBJECTS))} if kind.subject == "required" else said


MANY = st.lists(facts(), max_size=14)
SYMPTOM = st.sampled_from(SYMPTOMS)


def told(given_facts, symptom, *, urgent=True):
    found, wrong = read(given_facts)
    assert wrong == ()
    terms = Terms(covered=LISTS.covered, excluded=LISTS.excluded, urgent=urgent)
    return advise(Question(terms=terms, symptom=symptom, facts=found, at=AT))


@QUICK
@given(MANY, SYMPTOM, st.randoms())
def test_the_order_of_the_facts_changes_nothing(some, symptom, chance):
    shuffled = list(some)
    chance.shuffle(shuffled)
    assert told(some, symptom).as_json == told(shuffled, symptom).as_json


@QUICK
@given(MANY, SYMPTOM)
def test_a_fact_said_twice_says_nothing_more(some, symptom):
    assert told([*some, *some], symptom).as_json == told(some, symptom).as_json


@QUICK
@given(MANY, SYMPTOM)
def test_what_is_old_of_the_future_or_unknown_changes_nothing(some, symptom):
    more = [
        {"kind": "moon.phase", "value": "full", "observed_at": AT.isoformat(), "source": "check"},
        {"kind": "hardware.raid", "value": "failed", "observed_at": "2026-11-30T00:00:00Z", "source": "provider"},
        {
            "kind": "app.state",
            "value": "fatal-error",
            "subject": "x.example",
            "observed_at": "2026-12-02T00:00:00Z",
            "source": "provider",
        },
    ]
    one, other = told(some, symptom), told([*some, *more], symptom)
    assert (one.outcome, one.clauses) == (other.outcome, other.clauses)


@QUICK
@given(MANY, SYMPTOM.filter(lambda symptom: symptom != "how-to"))
def test_what_cannot_explain_the_complaint_changes_nothing(some, symptom):
    more = [
        {"kind": kind, "value": value, "subject": subject, "observed_at": AT.isoformat(), "source": "provider"}
        for kind, value, subject in [
            ("service.state", "failed", "pop3"),
            ("service.state", "stopped", "cron"),
            ("limit.used_percent", 100, "mailbox"),
            ("backup.access", "stale", ""),
        ]
        if not explains(kind, subject, symptom)
        and (kind, subject) not in {(f["kind"], f.get("subject", "")) for f in some}
    ]
    one, other = told(some, symptom), told([*some, *more], symptom)
    assert (one.outcome, one.clauses) == (other.outcome, other.clauses)


@QUICK
@given(MANY, SYMPTOM)
def test_a_fee_rests_on_two_measured_kinds_or_more_and_on_no_doubt(some, symptom):
    found = told(some, symptom)
    assert found.fee_proposed is (found.outcome == "excluded")
    if not found.fee_proposed:
        return
    roles = {reason.role for reason in found.reasons}
    assert not roles & {"ours", "held", "blind"}
    cause = {reason.kind for reason in found.reasons if reason.role == "theirs"}
    agrees = {
        reason.kind
        for reason in found.reasons
        if reason.role in {"agrees", "theirs"} and reason.fact.source != "customer"
    }
    assert cause
    assert len(agrees) >= 2
    assert set(found.clauses) <= set(LISTS.excluded)


@QUICK
@given(MANY, SYMPTOM)
def test_claims_and_a_closed_eye_are_worth_no_fee(some, symptom):
    blind = {"kind": "vantage.prober", "value": "degraded", "observed_at": AT.isoformat(), "source": "check"}
    claims = [{**fact, "source": "customer"} for fact in some]
    assert not told([*some, blind], symptom).fee_proposed
    assert not told(claims, symptom).fee_proposed
    assert told(some, symptom, urgent=False).outcome == "ineligible"
