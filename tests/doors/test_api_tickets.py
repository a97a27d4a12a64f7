"""Tickets through the API, with the whole cast: who may, who may not, and what each of them reads."""

from datetime import datetime, timedelta

import pytest

from astreinte.billing.models import Charge
from astreinte.notifications.models import ContactMethod
from astreinte.paging.models import Page
from astreinte.tickets.models import Consent, Ticket
from tests.doors.programs import Program, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(world):
    return world.on_call("Alice")[0]


@pytest.fixture
def owner(world, alice):
    return Program(world, world.jeanne)


def test_an_urgent_ticket_rings_and_says_what_was_accepted(world, alice, owner):
    answer = owner.post("/tickets", owner.opening(body="Nobody receives anything"))
    ticket = answer.json()
    assert (answer.status_code, ticket["state"], ticket["page"]["state"]) == (201, "open", "triggered")
    assert ticket["consent"]["amount_excl_vat"] == "95.00"
    assert ticket["consent"]["amount_incl_vat"] == "114.00"
    gti = ticket["clocks"]["gti"]
    assert datetime.fromisoformat(gti["due_at"]) - datetime.fromisoformat(gti["started_at"]) == timedelta(minutes=15)
    assert (gti["stopped_at"], gti["kept"]) == (None, None)
    assert (Consent.objects.get().channel, Consent.objects.get().language) == ("api", "fr")
    world.passes(seconds=1)
    assert alice.received == ["Mail is down"]


def test_without_the_price_nothing_is_opened_and_the_price_is_told(world, owner):
    answer = owner.post("/tickets", owner.opening(accept=None))
    assert refused(answer) == (409, "consent-required")
    assert answer.json()["offer"]["amount_excl_vat"] == "95.00"
    assert (Ticket.objects.count(), Page.objects.count(), Consent.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    "wrong", [{"amount_excl_vat": "94.99"}, {"text_sha256": "0" * 64}, {"amount_excl_vat": "950.00"}]
)
def test_another_price_or_text_is_not_the_offer(world, owner, wrong):
    opening = owner.opening()
    answer = owner.post("/tickets", {**opening, "accept": {**opening["accept"], **wrong}})
    assert refused(answer) == (409, "offer-changed")
    assert answer.json()["offer"]["text_sha256"] == opening["accept"]["text_sha256"]
    assert Ticket.objects.count() == 0


def test_the_text_may_be_accepted_in_either_language(world, owner):
    english = Program(world, world.jeanne, language="en")
    opening = english.opening()
    assert owner.post("/tickets", opening).status_code == 201
    assert Consent.objects.get().language == "en"


def test_who_may_not_open_urgent_is_told_why(world, alice):
    technical = Program(world, world.karim, language="en")
    offer = technical.get("/offer", server="web1.boulangerie.example").json()
    assert (offer["available"], offer["slug"], offer["amount_excl_vat"]) == (False, "not-entitled", None)
    assert "owner" in offer["reason"]
    accept = {"amount_excl_vat": "95.00", "text_sha256": "0" * 64}
    answer = technical.post("/tickets", technical.opening(accept=accept))
    assert refused(answer) == (403, "not-entitled")
    shared = Program(world, world.lea)
    assert shared.get("/offer", server="mutu7.carnet.example").json()["slug"] == "not-entitled"
    assert Ticket.objects.count() == 0


def test_a_consumer_gives_up_the_withdrawal_in_as_many_words(world, alice):
    lea = Program(world, world.lea)
    opening = lea.opening(server="blog.carnet.example")
    assert lea.get("/offer", server="blog.carnet.example").json()["withdrawal_box"]
    assert refused(lea.post("/tickets", opening)) == (409, "consent-required")
    opening["accept"]["withdrawal_waived"] = True
    assert lea.post("/tickets", opening).status_code == 201


def test_a_stranger_sees_no_server_no_offer_no_ticket(world, alice, owner):
    ref = owner.post("/tickets", owner.opening()).json()["ref"]
    stranger = Program(world, world.max)
    assert stranger.get("/tickets").json()["items"] == []
    for path in (f"/tickets/{ref}", "/servers/web1.boulangerie.example", "/offer?server=web1.boulangerie.example"):
        assert refused(stranger.get(path)) == (404, "not-found")
    for verb in ("messages", "cancel", "acknowledge", "hand-over", "resolve", "reopen", "verdict", "dispute"):
        body = {"messages": {"body": "x"}, "hand-over": {}, "resolve": {"summary": "x"}, "dispute": {"reason": "x"}}
        body["verdict"] = {"clause": "misuse", "justification": "x"}
        assert refused(stranger.post(f"/tickets/{ref}/{verb}", body.get(verb))) == (404, "not-found"), verb
    standard = {"server": "web1.boulangerie.example", "mode": "standard", "symptom": "mail", "subject": "x"}
    assert refused(stranger.post("/tickets", standard)) == (404, "not-found")


def test_the_verbs_of_engineers_are_for_engineers(world, alice, owner):
    ref = owner.post("/tickets", owner.opening()).json()["ref"]
    clerk = Program(world, world.denis)
    assert refused(clerk.post(f"/tickets/{ref}/acknowledge")) == (404, "not-found")
    for program in (owner, Program(world, world.karim)):
        assert refused(program.post(f"/tickets/{ref}/acknowledge")) == (403, "not-engineer")
        assert refused(program.post(f"/tickets/{ref}/resolve", {"summary": "x"})) == (403, "not-engineer")
        assert refused(program.post(f"/tickets/{ref}/reopen")) == (403, "not-engineer")
        verdict = {"clause": "service-down", "justification": "x"}
        assert refused(program.post(f"/tickets/{ref}/verdict", verdict)) == (403, "not-engineer")
    engineer = Program(world, alice.user)
    assert refused(engineer.post(f"/tickets/{ref}/cancel")) == (403, "not-customer")
    assert refused(engineer.post(f"/tickets/{ref}/dispute", {"reason": "x"})) == (403, "not-customer")
    decision = {"upheld": True, "reason": "x"}
    assert refused(engineer.post(f"/tickets/{ref}/dispute/decision", decision)) == (403, "not-manager")
    assert Ticket.objects.get().state == "open"


def test_the_whole_case_from_the_button_to_the_credit_note(world, alice, owner):
    engineer, manager = Program(world, alice.user), Program(world, world.chloe)
    ref = owner.post("/tickets", owner.opening()).json()["ref"]
    taken = engineer.post(f"/tickets/{ref}/acknowledge", {"eta_minutes": 15}).json()
    assert (taken["state"], taken["handled_by"]) == ("acknowledged", "Alice Martin")
    there = datetime.fromisoformat(taken["eta_at"])
    assert there - datetime.fromisoformat(taken["page"]["acknowledged_at"]) == timedelta(minutes=15)
    assert refused(manager.post(f"/tickets/{ref}/acknowledge")) == (409, "already-taken")
    assert refused(owner.post(f"/tickets/{ref}/cancel")) == (409, "too-late")
    assert refused(engineer.post(f"/tickets/{ref}/resolve", {"summary": " "})) == (422, "no-summary")
    evidence = engineer.post(f"/tickets/{ref}/resolve", {"summary": "Restarted"}).json()["evidence"]
    verdict = {"clause": "customer-app", "justification": "Its own code.", "evidence": [evidence[0]["id"]]}
    given = engineer.post(f"/tickets/{ref}/verdict", verdict)
    assert (given.status_code, given.json()["verdict"]["coverage"]) == (201, "excluded")
    assert refused(engineer.post(f"/tickets/{ref}/verdict", verdict)) == (409, "already-given")
    world.pager_ticks()  # the letter leaves, then the bill
    year = world.invoices_are_issued()[0].issued_on.year
    assert owner.get(f"/tickets/{ref}").json()["invoice"]["number"] == f"F{year}-000001"
    assert Program(world, world.karim).get(f"/tickets/{ref}").json()["invoice"] is None
    assert owner.post(f"/tickets/{ref}/dispute", {"reason": "It was the server"}).json()["dispute"]["state"] == "open"
    decided = manager.post(f"/tickets/{ref}/dispute/decision", {"upheld": True, "reason": "You are right"}).json()
    assert (decided["verdict"]["state"], decided["dispute"]["state"]) == ("overturned", "upheld")
    assert [one["number"] for one in owner.get("/invoices").json()["items"]] == [f"A{year}-000001", f"F{year}-000001"]


def test_a_verdict_rests_on_the_evidence_of_its_own_ticket(world, alice, owner):
    other = world.customer_opens("Other", by=world.max, server=world.shop)
    engineer = Program(world, alice.user)
    ref = owner.post("/tickets", owner.opening()).json()["ref"]
    engineer.post(f"/tickets/{ref}/acknowledge")
    engineer.post(f"/tickets/{ref}/resolve", {"summary": "Done"})
    for ids in ([], [str(other.evidence.first().public_id)], [str(other.page.public_id)]):
        verdict = {"clause": "misuse", "justification": "x", "evidence": ids}
        assert refused(engineer.post(f"/tickets/{ref}/verdict", verdict)) == (422, "no-evidence")
    unknown = {"clause": "bad-weather", "justification": "x"}
    assert refused(engineer.post(f"/tickets/{ref}/verdict", unknown)) == (422, "unknown-clause")
    undetermined = {"clause": "undetermined", "justification": "Nobody knows."}
    assert engineer.post(f"/tickets/{ref}/verdict", undetermined).status_code == 201
    assert Charge.objects.count() == 0


def test_handing_over_rings_the_colleague(world, alice, owner):
    engineer = Program(world, alice.user)
    ref = owner.post("/tickets", owner.opening()).json()["ref"]
    assert refused(engineer.post(f"/tickets/{ref}/hand-over", {"to": None})) == (409, "not-taken")
    engineer.post(f"/tickets/{ref}/acknowledge")
    assert refused(engineer.post(f"/tickets/{ref}/hand-over", {"to": world.jeanne.email})) == (422, "validation")
    assert refused(engineer.post(f"/tickets/{ref}/hand-over", {"to": world.denis.email})) == (422, "validation")
    silent = world.staff("Nina Faure", "engineer")
    ContactMethod.objects.filter(user=silent).delete()
    assert refused(engineer.post(f"/tickets/{ref}/hand-over", {"to": silent.email})) == (409, "unreachable")
    answer = engineer.post(f"/tickets/{ref}/hand-over", {"to": world.chloe.email})
    assert (answer.status_code, answer.json()["state"]) == (200, "open")
    world.passes(seconds=1)
    assert world.phone(world.chloe).received == ["Mail is down"]


def test_cancelling_is_free_and_twice_the_same(world, alice, owner):
    ref = owner.post("/tickets", owner.opening()).json()["ref"]
    assert owner.post(f"/tickets/{ref}/cancel").json()["state"] == "cancelled"
    assert owner.post(f"/tickets/{ref}/cancel").status_code == 200
    assert refused(Program(world, alice.user).post(f"/tickets/{ref}/acknowledge")) == (409, "not-ringing")


def test_what_is_said_inside_stays_inside(world, alice, owner):
    engineer = Program(world, alice.user)
    ref = owner.post("/tickets", owner.opening()).json()["ref"]
    said = engineer.post(f"/tickets/{ref}/messages", {"body": "Their disk is full", "internal": True})
    assert (said.status_code, said.json()["internal"]) == (201, True)
    assert refused(owner.post(f"/tickets/{ref}/messages", {"body": "x", "internal": True})) == (403, "not-staff")
    assert refused(owner.post(f"/tickets/{ref}/messages", {"body": "  "})) == (422, "nothing-said")
    mine, theirs = owner.get(f"/tickets/{ref}").json(), engineer.get(f"/tickets/{ref}").json()
    assert (mine["messages"], [one["body"] for one in theirs["messages"]]) == ([], ["Their disk is full"])
    assert "message:internal" not in [line["kind"] for line in mine["timeline"]]
    assert "message:internal" in [line["kind"] for line in theirs["timeline"]]


def test_nothing_new_is_a_304(world, alice, owner):
    ref = owner.post("/tickets", owner.opening()).json()["ref"]
    etag = owner.get(f"/tickets/{ref}").headers["ETag"]
    again = owner.get(f"/tickets/{ref}", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    Program(world, alice.user).post(f"/tickets/{ref}/acknowledge")
    news = owner.get(f"/tickets/{ref}", headers={"If-None-Match": etag})
    assert (news.status_code, news.json()["state"]) == (200, "acknowledged")


def test_two_urgent_tickets_never_share_a_page(world, alice, owner):
    for server in ("web1.boulangerie.example", "web2.boulangerie.example", "web1.boulangerie.example"):
        assert owner.post("/tickets", owner.opening(server=server)).status_code == 201
    assert Ticket.objects.values("page").distinct().count() == 3
