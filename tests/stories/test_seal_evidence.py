"""What a ticket rests on is sealed: at the opening, at the resolution, half an hour later, at the verdict."""

import json
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection

from astreinte.core import timeline
from astreinte.flows import contest, converse, diagnose, push_facts, resolve, seal_evidence
from astreinte.guarantee.rules import advice
from astreinte.tickets import actions as tickets
from astreinte.tickets import diagnoses, packs, verify
from astreinte.tickets.models import Diagnosis, Pack


@pytest.fixture
def alice(world):
    return world.on_call("Alice")[0].user


def moments(ticket):
    return [pack.moment for pack in packs.sealed(ticket)]


def kinds(ticket, number):
    return [item["kind"] for item in packs.document(ticket)["packs"][number - 1]["items"]]


def test_the_opening_is_sealed_with_the_acceptance_and_a_diagnosis(world, alice):
    ticket = world.customer_opens()
    assert packs.file(ticket) == b""
    world.keeper_ticks()
    assert moments(ticket) == ["opening"]
    assert {"declaration", "consent", "diagnosis"} <= set(kinds(ticket, 1))
    assert verify.first_broken(packs.document(ticket)) is None
    assert "pack:sealed" in [line.kind for line in timeline.of(f"{ticket.story}/evidence")]


def test_it_waits_for_a_diagnosis_that_looks_but_not_for_ever(world, alice):
    world.watches()
    ticket = world.customer_opens()
    seal_evidence.due(at=world.now)
    assert ticket.diagnoses.get().state == "running"
    seal_evidence.due(at=world.now)
    assert moments(ticket) == []
    world.passes(seconds=30)
    seal_evidence.due(at=world.now)
    assert moments(ticket) == ["opening"]
    assert "diagnosis" not in kinds(ticket, 1)


def test_a_whole_case_is_four_packs_one_chain(world, alice):
    ticket = world.billed_case(alice)
    world.keeper_ticks()
    assert moments(ticket) == ["opening", "resolution", "verdict"]
    world.passes(minutes=30)
    world.keeper_ticks()
    assert moments(ticket) == ["opening", "resolution", "verdict", "after"]
    document = packs.document(ticket)
    assert verify.first_broken(document) is None
    roots = [pack["receipt"]["sha256"] for pack in document["packs"]]
    assert [pack["receipt"]["previous"] for pack in document["packs"]] == ["", *roots[:-1]]
    assert document["root"] == roots[-1]
    assert not packs.to_come(ticket).exists()
    assert not packs.loose(ticket).exists()


def test_the_letter_of_the_verdict_gives_the_receipt_of_what_is_sealed(world, alice):
    ticket = world.customer_opens()
    world.keeper_ticks()
    receipt = packs.sealed(ticket).get().sha256
    world.takes(alice, ticket)
    world.resolves(alice, ticket)
    world.decides(alice, ticket, "customer-app")
    assert receipt in world.phone(world.jeanne).letter("verdict")


def test_a_letter_without_a_sealed_pack_names_no_receipt(world, alice):
    world.billed_case(alice)
    assert "SHA-256" not in world.phone(world.jeanne).letter("verdict")


@pytest.fixture
def resolved(world, alice):
    """A case with a service that fails, a change, messages and a note inside; resolved twenty minutes later."""
    world.now += timedelta(hours=1)
    check = world.watches()
    push(world)
    world.goes_down(check)
    ticket = world.customer_opens()
    for _ in range(2):
        world.keeper_ticks()
        world.passes(seconds=10)
    converse.say(ticket, body="Nobody receives anything", by=world.jeanne, at=world.now)
    converse.say(ticket, body="inside-canary", internal=True, by=alice, at=world.now)
    world.takes(alice, ticket)
    world.sees(check, up=False, times=20)
    world.resolves(alice, ticket)
    return ticket


def push(world):
    at = (world.now - timedelta(hours=2)).isoformat()
    said = {"kind": "change.apply_state", "value": "failed", "subject": "php", "observed_at": at, "source": "provider"}
    found, wrong = advice.read([said])
    assert not wrong
    push_facts.push(world.web1, found, by=world.chloe, at=world.now)


def of_kind(ticket, kind):
    return [json.loads(one.body) for one in packs.proofs_of(ticket).filter(kind=kind)]


def test_what_surrounds_the_opening_is_in_its_pack(resolved):
    assert {"declaration", "consent", "diagnosis", "incident", "change", "results"} <= set(kinds(resolved, 1))
    (before, *_) = of_kind(resolved, "results")
    assert (before["looks"], before["left_out"], len(before["results"])) == (4, 0, 4)
    assert [row[1] for row in before["results"]] == [1, 0, 0, 0]
    assert before["columns"] == ["after_ms", "up", "took_ms", "error", "site"]


def test_what_happened_can_be_cited_as_soon_as_it_is_resolved(world, alice, resolved):
    """Nobody waits for the keeper: calls, messages, results and incidents are there, each with its identifier."""
    assert {"call", "message", "timeline", "results"} <= {one.kind for one in packs.proofs_of(resolved)}
    call = packs.proofs_of(resolved).filter(kind="call").last()
    assert json.loads(call.body)["channels"] == ["sms"]
    assert call.text == "Appel : Alice Martin. A pris en charge."
    verdict = world.decides(alice, resolved, "service-down", evidence=[call])
    assert [one.public_id for one in verdict.evidence.all()] == [call.public_id]


def test_it_is_looked_at_once_more_by_itself_when_it_is_resolved(world, resolved):
    assert resolved.diagnoses.count() == 2
    assert resolved.diagnoses.last().state == "running"
    world.passes(seconds=10)
    world.keeper_ticks()
    assert moments(resolved) == ["opening", "resolution"]
    assert "diagnosis" in kinds(resolved, 2)


def test_the_half_hour_after_is_sealed_when_it_is_over(world, alice, resolved):
    check = world.web1.checks.get()
    world.sees(check, up=True, times=28)
    world.keeper_ticks()
    assert moments(resolved)[-1] == "resolution"
    world.passes(minutes=3)
    world.keeper_ticks()
    assert moments(resolved)[-1] == "after"
    assert of_kind(resolved, "results")[-1]["looks"] == 28


def test_the_verdict_and_the_answer_to_the_dispute_are_sealed(world, alice):
    ticket = world.billed_case(alice)
    world.passes(seconds=1)
    world.keeper_ticks()
    (verdict,) = of_kind(ticket, "verdict")
    assert (verdict["clause"], verdict["amount_excl_cents"]) == ("customer-app", 9500)
    contest.open(ticket, reason="It was the server", by=world.jeanne, at=world.now)
    contest.decide(ticket, upheld=True, answer="You are right", by=world.chloe, at=world.now)
    world.keeper_ticks()
    assert moments(ticket)[-2:] == ["verdict", "decision"]
    (decision,) = of_kind(ticket, "decision")
    assert (decision["state"], decision["answer"], decision["decided_by"]) == (
        "upheld",
        "You are right",
        "Chloé Durand",
    )


def test_nothing_in_it_names_an_address_a_number_or_what_is_said_inside(world, alice, resolved):
    world.passes(minutes=31)
    world.keeper_ticks()
    text = packs.file(resolved).decode()
    for secret in ("inside-canary", "@", "+336", "192.0.2.200"):
        assert secret not in text, secret
    assert packs.document(resolved)["packs"][1]["receipt"]["left_out"] == [{"what": "internal-notes", "count": 1}]
    assert "Alice Martin" in text


def test_the_same_thing_is_frozen_once_when_a_case_is_resolved_twice(world, alice, resolved):
    resolve.reopen(resolved, by=alice, at=world.now)
    world.passes(minutes=1)
    world.resolves(alice, resolved)
    world.passes(seconds=10)
    world.keeper_ticks()
    assert moments(resolved) == ["opening", "resolution", "resolution"]
    assert packs.proofs_of(resolved).filter(kind="message").count() == 1
    assert verify.first_broken(packs.document(resolved)) is None


def test_a_standard_ticket_has_evidence_and_no_pack_until_it_is_urgent(world, alice):
    ticket = world.customer_opens_standard()
    world.keeper_ticks()
    world.resolves(alice, ticket)
    world.keeper_ticks()
    assert not Pack.objects.exists()
    assert not ticket.diagnoses.exists()
    assert packs.proofs_of(ticket).exists()


def test_one_that_cannot_be_sealed_is_tried_again_and_the_others_do_not_wait(world, alice):
    first, second = world.customer_opens(), world.customer_opens(server=world.web2)
    diagnose.due(at=world.now)
    with connection.cursor() as cursor:  # a row that no code of ours can have written
        cursor.execute("UPDATE tickets_ticket SET language = '1-2-3' WHERE id = %s", [first.pk])
    for _ in range(3):
        with suppress(ValueError):  # the keeper writes it down and goes on
            world.keeper_ticks(turns=1)
    assert moments(second) == ["opening"]


def test_two_keepers_seal_a_pack_once(world, alice):
    ticket = world.customer_opens()
    world.keeper_ticks(turns=1)
    diagnose.due(at=world.now)
    (seen_by_another,) = packs.due(at=world.now)
    assert seal_evidence.due(at=world.now) == 1
    assert not tickets.take_pack(seen_by_another, at=world.now)
    assert moments(ticket) == ["opening"]


def test_what_a_late_keeper_seals_is_still_cut_where_things_happened(world, alice):
    ticket = world.customer_opens()
    world.passes(minutes=1)
    world.takes(alice, ticket)
    world.resolves(alice, ticket)
    world.passes(minutes=1)
    world.decides(alice, ticket, "customer-app")
    world.passes(minutes=1)
    world.keeper_ticks()
    assert moments(ticket) == ["opening", "resolution", "verdict"]
    assert "call" not in kinds(ticket, 1)
    assert {"call", "timeline"} <= set(kinds(ticket, 2))
    assert "verdict" in kinds(ticket, 3)


def test_what_is_seen_once_it_works_again_does_not_change_whose_it_was(world, alice, resolved):
    first = resolved.diagnoses.order_by("pk")[0]
    Diagnosis.objects.filter(pk=first.pk).update(advice={**first.advice, "outcome": "covered"})
    world.sees(world.web1.checks.get(), up=True, times=3)
    world.keeper_ticks()
    first, last = resolved.diagnoses.order_by("pk")
    assert (last.state, last.advice["outcome"]) == ("done", "undetermined")
    assert (diagnoses.tells(first, resolved), diagnoses.tells(last, resolved)) == (True, False)
    assert diagnoses.advised(resolved) == "covered"
