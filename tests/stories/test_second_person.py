"""A verdict that would bill what the diagnosis advises is ours waits for a second person; doubt is never billed."""

import pytest

from astreinte.billing.models import Charge
from astreinte.flows import diagnose, push_facts
from astreinte.guarantee.rules import advice
from astreinte.tickets import proposals
from astreinte.tickets.models import Verdict
from tests.doors.programs import Program


@pytest.fixture
def resolved(world):
    """A case whose diagnosis advises that it is covered: a managed service is down, and nobody knows why."""
    (alice,) = world.on_call("Alice")
    world.alice = alice.user
    world.bruno = world.staff("Bruno Petit", "engineer", "manager")
    ticket = world.customer_opens("Mail is down")
    at = world.now.isoformat()
    said = {"kind": "service.state", "value": "failed", "subject": "imap", "observed_at": at, "source": "provider"}
    found, wrong = advice.read([said])
    assert not wrong
    push_facts.push(world.web1, found, by=world.chloe, at=world.now)
    diagnose.start(world.web1, symptom="mail", text="", by=world.alice, at=world.now, ticket=ticket)
    diagnose.due(at=world.now)
    world.takes(world.alice, ticket)
    return world.resolves(world.alice, ticket)


def letters(world):
    return [subject for subject in world.phone(world.jeanne).letters if "erdict" in subject]


def test_it_waits_and_nothing_leaves(world, resolved):
    assert world.decides(world.alice, resolved, "customer-app") is None
    waiting = proposals.of_ticket(resolved)
    assert (waiting.clause, waiting.proposed_by) == ("customer-app", world.alice)
    assert not Verdict.objects.exists()
    assert not Charge.objects.exists()
    assert letters(world) == []


def test_the_same_person_twice_is_still_one_person(world, resolved):
    world.decides(world.bruno, resolved, "customer-app")
    assert world.decides(world.bruno, resolved, "customer-app") is None
    assert not Verdict.objects.exists()


def test_a_manager_who_did_not_propose_it_confirms(world, resolved):
    world.decides(world.alice, resolved, "customer-app")
    verdict = world.decides(world.bruno, resolved, "customer-app")
    assert (verdict.clause, verdict.given_by, Charge.objects.count()) == ("customer-app", world.bruno, 1)
    assert proposals.of_ticket(resolved) is None


def test_an_engineer_cannot_confirm(world, resolved):
    carole = world.staff("Carole Roy", "engineer")
    world.decides(world.alice, resolved, "customer-app")
    assert world.decides(carole, resolved, "customer-app") is None
    assert proposals.of_ticket(resolved).proposed_by == carole


def test_another_billing_clause_waits_again(world, resolved):
    world.decides(world.alice, resolved, "customer-app")
    assert world.decides(world.bruno, resolved, "saturation") is None
    assert proposals.of_ticket(resolved).clause == "saturation"


@pytest.mark.parametrize("clause", ["service-down", "undetermined"])
def test_what_bills_nothing_needs_nobody_else(world, resolved, clause):
    world.decides(world.alice, resolved, "customer-app")
    assert world.decides(world.alice, resolved, clause).clause == clause
    assert proposals.of_ticket(resolved) is None
    assert not Charge.objects.exists()


def test_without_an_advice_one_person_decides(world):
    world.on_call("Alice")
    ticket = world.customer_opens("Mail is down")
    world.takes(world.chloe, ticket)
    world.resolves(world.chloe, ticket)
    assert world.decides(world.chloe, ticket, "customer-app").charge


def test_by_api_it_is_202_then_201(world, resolved):
    proofs = [str(one.public_id) for one in resolved.evidence.all()]
    wish = {"clause": "customer-app", "justification": "Their application filled the disk.", "evidence": proofs}
    alice, bruno = Program(world, world.alice), Program(world, world.bruno)
    first = alice.post(f"/tickets/{resolved.ref}/verdict", wish)
    assert (first.status_code, first.json()["verdict"]["state"]) == (202, "to-review")
    assert Program(world, world.jeanne).get(f"/tickets/{resolved.ref}").json()["verdict"] is None
    assert alice.post(f"/tickets/{resolved.ref}/verdict", wish).status_code == 202
    second = bruno.post(f"/tickets/{resolved.ref}/verdict", wish)
    assert (second.status_code, second.json()["verdict"]["state"]) == (201, "given")
