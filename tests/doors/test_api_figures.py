"""`GET /figures` and `GET /reviews`: what support managers read of the verdicts; and the past incidents of a server."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from astreinte.core import clock
from astreinte.flows import contest, diagnose, push_facts, review_verdicts
from astreinte.guarantee.rules import advice
from tests.doors.programs import Program, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(world):
    """A case billed by Alice and contested, and one that she resolved and that the diagnosis says is ours."""
    world.now = clock.now() - timedelta(minutes=10)
    (alice,) = world.on_call("Alice")
    world.alice = alice.user
    world.billed = world.billed_case(world.alice)
    contest.open(world.billed, reason="No.", by=world.jeanne, at=world.now)
    world.ours = world.customer_opens("Mail is down")
    said = {
        "kind": "service.state", "value": "failed", "subject": "imap", "source": "provider",
        "observed_at": world.now.isoformat(),
    }  # fmt: skip
    push_facts.push(world.web1, advice.read([said])[0], by=world.chloe, at=world.now)
    diagnose.start(world.web1, symptom="mail", text="", by=world.alice, at=world.now, ticket=world.ours)
    diagnose.due(at=world.now)
    world.takes(world.alice, world.ours)
    world.resolves(world.alice, world.ours)
    return world


# -- the figures -------------------------------------------------------------------------------------------------------


def test_the_figures_of_the_screen(team):
    team.decides(team.alice, team.ours, "service-down")
    found = Program(team, team.chloe).get("/figures", days=30).json()
    whole = found["whole"]
    assert (whole["verdicts"], whole["covered"], whole["billed"], whole["contested"]) == (2, 1, 1, 1)
    assert (whole["covered_percent"], found["amount_excl_vat"], found["currency"]) == (50, "95.00", "EUR")
    assert found["disputes"] == {"opened": 1, "upheld": 0, "dismissed": 0, "waiting": 1}
    assert {one["clause"]: one["coverage"] for one in found["clauses"]} == {
        "service-down": "covered", team.billed.verdict.clause: "excluded",
    }  # fmt: skip
    assert [one["outcome"] for one in found["advice"]] == ["covered", "excluded", "undetermined"]
    covered = found["advice"][0]
    assert covered["cases"] + found["advice"][1]["cases"] + found["advice"][2]["cases"] + found["without_advice"] == 2


def test_a_month_is_the_providers(team):
    month = f"{team.now:%Y-%m}"
    found = Program(team, team.chloe).get("/figures", month="2025-10").json()
    assert (found["start"], found["end"]) == ("2025-09-30T22:00:00Z", "2025-10-31T23:00:00Z")
    assert (found["whole"]["verdicts"], found["whole"]["covered_percent"], found["clauses"]) == (0, None, [])
    assert Program(team, team.chloe).get("/figures", month=month).status_code == 200


@pytest.mark.parametrize("asked", [{"month": "2025-13"}, {"days": 0}, {"days": "x"}, {"month": "2025-10", "days": 30}])
def test_a_period_that_is_none_is_refused(team, asked):
    assert refused(Program(team, team.chloe).get("/figures", **asked)) == (422, "validation")


@pytest.mark.parametrize("path", ["/figures", "/reviews"])
def test_they_are_for_managers(team, path):
    assert Program(team, team.chloe).get(path).status_code == 200
    for person in (team.alice, team.denis):
        assert refused(Program(team, person).get(path)) == (403, "not-manager")
    for person in (team.jeanne, team.lea):
        assert refused(Program(team, person).get(path)) == (404, "not-found")


# -- what waits ----------------------------------------------------------------------------------------------------------


def test_what_would_bill_against_the_advice_waits_for_a_second_person(team):
    program = Program(team, team.chloe)
    assert program.get("/reviews").json() == {"items": [], "next": None}
    team.decides(team.alice, team.ours, "customer-app")
    (one,) = program.get("/reviews").json()["items"]
    assert (one["ticket"], one["reason"], one["server"]) == (team.ours.ref, "second-person", team.web1.name)
    assert (one["verdict"]["state"], one["verdict"]["clause"]) == ("to-review", "customer-app")
    assert (one["verdict"]["given_by"], one["incident"], one["invoice"]) == ("Alice Martin", None, None)
    assert one["since"] == one["verdict"]["given_at"]
    team.decides(team.chloe, team.ours, "customer-app")
    assert program.get("/reviews").json()["items"] == []


def test_what_an_incident_covers_since_waits_too(team):
    incident = team.knows_of_trouble()
    review_verdicts.look(at=team.now)
    program = Program(team, team.chloe)
    (one,) = program.get("/reviews").json()["items"]
    assert (one["ticket"], one["reason"], one["invoice"]) == (team.billed.ref, "incident", None)
    assert one["incident"]["id"] == str(incident.public_id)
    assert one["verdict"]["state"] == "given"
    review_verdicts.decide(team.billed, covered=False, answer="Another one.", by=team.chloe, at=team.now)
    assert program.get("/reviews").json()["items"] == []


def test_it_is_a_list_as_the_others(team):
    team.knows_of_trouble()
    review_verdicts.look(at=team.now)
    team.decides(team.alice, team.ours, "customer-app")
    program = Program(team, team.chloe)
    first = program.get("/reviews", limit=1).json()
    second = program.get("/reviews", limit=1, cursor=first["next"]).json()
    refs = [one["items"][0]["ticket"] for one in (first, second)]
    assert (refs, second["next"]) == ([team.ours.ref, team.billed.ref], None)
    for reason, ref in (("incident", team.billed.ref), ("second-person", team.ours.ref)):
        assert [one["ticket"] for one in program.get("/reviews", reason=reason).json()["items"]] == [ref]
    with CaptureQueriesContext(connection) as many:
        program.get("/reviews")
    with CaptureQueriesContext(connection) as one:
        program.get("/reviews", limit=1)
    assert len(many) <= len(one) + 2  # the rows are asked for together


# -- the past of a server ------------------------------------------------------------------------------------------------


def test_the_past_incidents_of_a_server(team):
    open_now, over = team.knows_of_trouble(), team.knows_of_trouble(state="resolved", resolved_at=team.now)
    elsewhere = team.knows_of_trouble()
    elsewhere.servers.set([team.web2])
    suspicion = team.knows_of_trouble(state="suspected")
    jeanne, alice = Program(team, team.jeanne), Program(team, team.alice)

    def ids(program, **asked):
        return [one["id"] for one in program.get("/incidents", **asked).json()["items"]]

    here = [str(one.public_id) for one in (over, open_now)]
    assert ids(jeanne, server=team.web1.name) == here
    assert ids(jeanne, server=team.web1.name, state="resolved") == here[:1]
    assert ids(jeanne, server=team.web2.name) == [str(elsewhere.public_id)]
    assert ids(alice, state="suspected") == [str(suspicion.public_id)]
    assert alice.get("/incidents", state="suspected").json()["items"][0]["state"] == "suspected"
    assert ids(jeanne, state="suspected") == []
    for name in (team.shop.name, "nothing.example"):
        assert refused(jeanne.get("/incidents", server=name)) == (404, "not-found")
    assert refused(jeanne.get("/incidents", state="nothing")) == (422, "validation")
