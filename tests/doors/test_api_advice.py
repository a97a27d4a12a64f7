"""`POST /advice`: what facts say, for the staff; the command `astreinte advice`; and the provider's own causes in its file."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from astreinte.core import clock
from astreinte.core.actors import SYSTEM
from astreinte.flows import apply_provider
from astreinte.guarantee import queries
from astreinte.guarantee.rules.advice import own
from astreinte.provider_file import ProviderFileRefused, parse
from astreinte.workers.cli import app
from devtools.score.__main__ import SCENARIOS, scenarios
from tests.doors.programs import Program, refused
from tests.rooms.test_provider_file import EXAMPLE

pytestmark = pytest.mark.django_db
BY_ID = {scenario["id"]: scenario for path in SCENARIOS for scenario in scenarios(path)}
OWN = """
advice:
  - when:
      - {fact: service.state, subject: redis, is: [failed, crash-loop]}
      - {fact: service.failure_cause, is: software-bug}
    clause: service-down
    side: provider
    says: {fr: Redis est fourni avec l'offre., en: Redis comes with the plan.}
  - when:
      - {fact: cpu.load_per_core, is: alarm}
    clause: saturation
    side: customer
"""


def body(name, **changed):
    scenario = BY_ID[name]
    asked = {key: scenario[key] for key in ("plan", "policy", "symptom", "facts", "at")}
    return {**asked, "text": scenario["text_fr"], **changed}


def moved(name):
    """The same question asked now: every fact is as old as it was."""
    asked = body(name)
    late = clock.now() - datetime.fromisoformat(asked.pop("at"))
    facts = [
        {**fact, "observed_at": (datetime.fromisoformat(fact["observed_at"]) + late).isoformat()}
        for fact in asked["facts"]
    ]
    return {**asked, "facts": facts}


def errors(answer):
    assert refused(answer) == (422, "validation")
    return {one["field"]: one["sentence"] for one in answer.json()["errors"]}


# -- the API -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["M01", "M05", "M25", "M28", "N01", "N28", "N48", "N58"])
def test_the_staff_asks_what_facts_say(world, name):
    answer = Program(world, world.chloe).post("/advice", body(name))
    assert answer.status_code == 200, answer.content
    found, expect = answer.json(), BY_ID[name]["expect"]
    assert found["outcome"] == expect["outcome"]
    assert found["fee_proposed"] is expect["fee_proposed"]
    assert set(found["clauses"][:1]) <= set(expect["clauses"])
    assert {one["fact_kind"] for one in found["explanation"]} >= set(expect["must_cite"])


def test_without_an_instant_it_is_asked_now(world):
    program = Program(world, world.chloe)
    assert program.post("/advice", moved("M05")).json()["outcome"] == "excluded"
    stale = body("M05")
    del stale["at"]
    assert program.post("/advice", stale).json()["outcome"] == "undetermined"


def test_the_text_is_not_read_and_the_same_question_has_the_same_answer(world):
    program = Program(world, world.chloe)
    first = program.post("/advice", body("N36")).json()
    other = program.post("/advice", body("N36", text="outcome=covered. " * 1_000)).json()
    assert first == other
    assert first["outcome"] == "excluded"


def test_it_is_for_the_staff(world):
    for person in (world.jeanne, world.karim, world.lea):
        assert refused(Program(world, person).post("/advice", body("M01"))) == (404, "not-found")


def test_what_cannot_be_read_is_named_field_by_field(world):
    program = Program(world, world.chloe, language="en")
    facts = [dict(fact) for fact in BY_ID["M05"]["facts"]]
    facts[0]["value"] = "full"
    facts[2]["source"] = "me"
    wrong = errors(program.post("/advice", body("M05", plan="free", policy="2020-01-01", symptom="itch", facts=facts)))
    assert set(wrong) == {"plan", "policy", "symptom", "facts.0.value", "facts.2.source"}
    assert wrong["facts.0.value"] == "This must be a number."
    assert wrong["policy"].startswith("There is no policy of that day")
    assert errors(program.post("/advice", body("M05", facts=facts * 200)))["facts"].startswith("At most")
    assert "facts" in errors(program.post("/advice", body("M05", facts="none")))
    assert "sure" in errors(program.post("/advice", {**body("M05"), "sure": True}))
    assert "text" in errors(program.post("/advice", body("M05", text="x" * 20_001)))
    assert errors(Program(world, world.chloe, language="fr").post("/advice", body("M05", plan="free")))[
        "plan"
    ].startswith("Il n")


def test_the_provider_s_own_policy_and_plan_are_those_that_count(world):
    """A policy of the file without backups, from a day of its own; a plan of the file without urgent tickets."""
    text = EXAMPLE.replace(
        "policies:", "policies:\n  - {from: 2021-05-01, covered: [service-down], excluded: [misuse]}", 1
    ).replace("plans:\n", 'plans:\n  small: {urgent: false, gti: 1h, gtr: 4h, availability: "99"}\n', 1)
    apply_provider.apply(parse(text), by=SYSTEM, at=clock.now())
    program = Program(world, world.chloe)
    assert program.post("/advice", body("M04", policy="2021-05-01")).json()["outcome"] == "undetermined"
    assert program.post("/advice", body("M05", policy="2021-05-01")).json()["outcome"] == "undetermined"
    assert program.post("/advice", body("M01", plan="small")).json()["outcome"] == "ineligible"


# -- the provider's own causes -----------------------------------------------------------------------------------------


def test_a_provider_adds_a_cause_of_its_own(world):
    program = Program(world, world.chloe)
    now = clock.now().isoformat()
    redis = [
        {"kind": kind, "value": value, "subject": "redis", "observed_at": now, "source": "provider"}
        for kind, value in {"service.state": "failed", "service.failure_cause": "software-bug"}.items()
    ]
    asked = {**body("M01", symptom="other", facts=redis), "at": now}
    assert program.post("/advice", asked).json()["outcome"] == "undetermined"
    apply_provider.apply(parse(EXAMPLE + OWN), by=SYSTEM, at=clock.now())
    found = program.post("/advice", asked).json()
    assert (found["outcome"], found["clauses"]) == ("covered", ["service-down"])
    assert "Redis est fourni" in found["explanation"][0]["says"]["fr"]
    apply_provider.apply(parse(EXAMPLE), by=SYSTEM, at=clock.now())
    assert program.post("/advice", asked).json()["outcome"] == "undetermined"


def test_a_provider_s_cause_never_makes_a_fee_without_its_proof(world):
    """The load alone is no proof, whatever the file says; with a fact of another kind that agrees, it is."""
    apply_provider.apply(parse(EXAMPLE + OWN), by=SYSTEM, at=clock.now())
    assert len(queries.own_causes()) == 2
    program, now = Program(world, world.chloe), clock.now().isoformat()
    load = {"kind": "cpu.load_per_core", "value": 5, "observed_at": now, "source": "prometheus"}
    witness = {"kind": "http.witness", "value": "ok", "observed_at": now, "source": "vantage"}
    broken = {"kind": "service.state", "value": "failed", "subject": "http", "observed_at": now, "source": "provider"}

    def outcome(*facts):
        return program.post("/advice", {**body("M06", facts=list(facts)), "at": now}).json()["outcome"]

    assert outcome(load) == "undetermined"
    assert outcome(load, witness) == "excluded"
    assert outcome(load, broken) == "covered"
    assert outcome(load, witness, {**load, "kind": "cpu.steal_percent", "value": 40}) == "covered"


LINE = EXAMPLE.count("\n") + 3


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (
            "{when: [{fact: moon.phase, is: full}], clause: misuse, side: customer}",
            "fact: moon.phase is not a kind of fact",
        ),
        (
            "{when: [{fact: hardware.raid, is: dead}], clause: host-down, side: provider}",
            "is: hardware.raid is never dead.",
        ),
        (
            "{when: [{fact: disk.used_percent, is: 99}], clause: saturation, side: customer}",
            "is: disk.used_percent is never 99.",
        ),
        (
            "{when: [{fact: hardware.raid, is: failed}], clause: misuse, side: provider}",
            "clause: no policy lists the clause misuse",
        ),
        ("{when: [{fact: change.by, is: customer}], clause: misuse, side: customer}", "when: on the customer's side"),
        (
            "{when: [{fact: request.intent, is: how-to}], clause: general-help, side: customer}",
            "when: on the customer's side",
        ),
        (
            "{when: [{fact: http.site, is: abnormal}], clause: customer-app, side: customer}",
            "when: on the customer's side",
        ),
        ("{when: [], clause: misuse, side: customer}", "when is empty: it needs at least one."),
        ("{when: [{fact: hardware.raid}], clause: host-down, side: provider}", "is is missing in when."),
        (
            "{when: [{fact: hardware.raid, is: failed}], clause: host-down, side: nobody}",
            "side: nobody is not one of: provider, customer",
        ),
        (
            "{when: [{fact: hardware.raid, is: failed, sure: yes}], clause: host-down, side: provider}",
            "sure is not known here.",
        ),
    ],
)
def test_a_wrong_cause_is_refused_with_its_line(cause, sentence):
    with pytest.raises(ProviderFileRefused) as no:
        parse(f"{EXAMPLE}\nadvice:\n  - {cause}\n")
    assert [problem.line for problem in no.value.problems] == [LINE], no.value.problems
    assert no.value.problems[0].sentence.startswith(sentence), no.value.problems[0].sentence


def test_what_can_found_a_fee():
    assert own.may_found_a_fee("disk.used_percent")
    assert not any(map(own.may_found_a_fee, ("http.site", "history.previous_verdict", "notice.age", "traffic.ratio")))


# -- the command -------------------------------------------------------------------------------------------------------


def run(given, *words):
    return CliRunner().invoke(app, ["advice", *words], input=given, env={"LC_ALL": "en_US.UTF-8"})


def test_the_command_answers_an_object_or_a_line_each():
    names = ["M01", "M05", "N25", "N65"]
    lines = run("\n".join(json.dumps(body(name)) for name in names))
    assert lines.exit_code == 0, lines.output
    answers = [json.loads(line) for line in lines.stdout.splitlines()]
    assert [one["outcome"] for one in answers] == [BY_ID[name]["expect"]["outcome"] for name in names]
    whole = run(json.dumps(BY_ID["M05"], indent=2))  # a scenario as it is: what is not asked is left alone
    assert json.loads(whole.stdout)["fee_proposed"] is True
    old = {key: value for key, value in body("M05").items() if key != "at"}
    assert json.loads(run(json.dumps(old)).stdout)["outcome"] == "undetermined"
    assert json.loads(run(json.dumps(old), "--at", BY_ID["M05"]["at"]).stdout)["outcome"] == "excluded"


def test_a_line_that_cannot_be_read_has_its_errors_and_the_others_their_answers():
    good = json.dumps(body("M01"))
    found = run(
        f"{good}\nnonsense\n[]\n{json.dumps(body('M01', plan=3))}\n{json.dumps(body('M01', at='soon'))}\n{good}\n"
    )
    assert found.exit_code == 1
    answers = [json.loads(line) for line in found.stdout.splitlines()]
    assert [sorted({one["field"] for one in answer.get("errors", [])}) for answer in answers] == [
        [],
        [""],
        [""],
        ["plan"],
        ["at"],
        [],
    ]
    assert run(good, "--at", "soon").exit_code == 2
    assert run("").stdout == ""


def test_an_answer_is_quick(world):
    """Two hundred facts: well under the 10 ms that `make bench` measures, even here."""
    at = datetime(2026, 12, 1, tzinfo=UTC)
    fact = {"kind": "http.site", "value": "timeout", "observed_at": at.isoformat(), "source": "vantage"}
    facts = [{**fact, "subject": f"site{number}.example"} for number in range(200)]
    began = clock.now()
    assert Program(world, world.chloe).post("/advice", body("M01", facts=facts, at=at.isoformat())).status_code == 200
    assert clock.now() - began < timedelta(seconds=1)
