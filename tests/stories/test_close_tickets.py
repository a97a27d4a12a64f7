"""A case ends by itself once nothing more can happen to it."""

from datetime import timedelta

from astreinte.flows import close_tickets, contest, issue_invoices
from astreinte.flows import settle_bills as bills
from astreinte.tickets.models import Ticket


def test_an_urgent_case_is_closed_thirty_days_after_its_verdict(world):
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user)
    assert close_tickets.due(at=world.now + timedelta(days=30, seconds=-1)) == 0
    assert close_tickets.due(at=world.now + timedelta(days=30)) == 1
    assert Ticket.objects.get().state == "closed"


def test_a_case_that_is_contested_stays_open(world):
    (alice,) = world.on_call("Alice")
    ticket = world.billed_case(alice.user)
    contest.open(ticket, reason="It was the server", by=world.jeanne, at=world.now)
    assert close_tickets.due(at=world.now + timedelta(days=60)) == 0


def test_an_urgent_case_without_a_verdict_stays_open(world):
    (alice,) = world.on_call("Alice")
    ticket = world.customer_opens()
    world.takes(alice.user, ticket)
    world.resolves(alice.user, ticket)
    assert close_tickets.due(at=world.now + timedelta(days=60)) == 0


def test_a_standard_case_is_closed_two_weeks_after_it_was_resolved(world):
    (alice,) = world.on_call("Alice")
    ticket = world.customer_opens_standard()
    world.resolves(alice.user, ticket)
    assert close_tickets.due(at=world.now + timedelta(days=14)) == 1


def test_a_dispute_won_after_the_payment_still_gives_the_money_back(world):
    (alice,) = world.on_call("Alice")
    ticket = world.billed_case(alice.user)
    (invoice,) = world.invoices_are_issued()
    bills.paid(invoice, by=world.denis, at=world.now)
    contest.open(ticket, reason="It was the server", by=world.jeanne, at=world.now)
    contest.decide(ticket, upheld=True, answer="You are right", by=world.chloe, at=world.now)
    paid, note = world.invoices_are_issued()
    assert (paid.state, note.refers_to_id) == ("credited", paid.pk)
    assert paid.paid_at == world.now


def test_a_keeper_that_comes_second_sets_nothing_aside(world):
    (alice,) = world.on_call("Alice")
    ticket = world.billed_case(alice.user)
    charge = ticket.verdict.charge
    world.invoices_are_issued()
    assert not issue_invoices._issued(charge, at=world.now)
    charge.refresh_from_db()
    assert charge.problem == ""
