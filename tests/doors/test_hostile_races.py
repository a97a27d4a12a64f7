"""Two people at the same instant: one of them wins, the other is told, nothing is half done and nobody pays twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from astreinte.billing.models import Charge, Invoice
from astreinte.core.refusals import Refusal
from astreinte.flows import acknowledge, cancel, contest, give_verdict, issue_invoices, open_ticket, resolve
from astreinte.paging.models import Page
from astreinte.tickets.models import Dispute, Ticket, Verdict

ROUNDS = 2


@pytest.fixture
def world(thawed, world):
    return world


@pytest.fixture
def alice(world):
    (alice,) = world.on_call("Alice")
    return alice.user


def together(*gestures):
    """All at the same instant, each in its thread: "done", or the name of the refusal. A defect is raised."""
    start = Barrier(len(gestures))

    def one(gesture):
        try:
            start.wait(timeout=30)
            gesture()
        except Refusal as refusal:
            return type(refusal).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(gestures)) as pool:
        return list(pool.map(one, gestures))


def verdict(world, ticket, by):
    def give():
        found = Ticket.objects.get(pk=ticket.pk)
        evidence = list(found.evidence.all())
        give_verdict.give(found, clause="customer-app", justification="Seen", evidence=evidence, by=by, at=world.now)

    return give


def resolved(world, by):
    ticket = world.customer_opens()
    world.takes(by, ticket)
    world.resolves(by, ticket)
    return ticket


def test_cancelled_or_taken_never_both(world, alice):
    for _round in range(ROUNDS):
        ticket = world.customer_opens()
        mine, theirs = Ticket.objects.get(pk=ticket.pk), Page.objects.get(pk=ticket.page_id)
        said = together(
            lambda: cancel.ticket(mine, by=world.jeanne, at=world.now),
            lambda: acknowledge.page(theirs, person=alice, via="link", at=world.now),
        )
        ticket.refresh_from_db()
        page = Page.objects.get(pk=ticket.page_id)
        assert "done" in said
        assert said.count("done") == 1
        assert (ticket.state, page.state) in {("cancelled", "closed"), ("acknowledged", "acknowledged")}


def test_cancelled_or_resolved_never_both(world, alice):
    for _round in range(ROUNDS):
        ticket = world.customer_opens()
        one, other = Ticket.objects.get(pk=ticket.pk), Ticket.objects.get(pk=ticket.pk)
        said = together(
            lambda: cancel.ticket(one, by=world.jeanne, at=world.now),
            lambda: resolve.ticket(other, summary="Restarted", by=alice, at=world.now),
        )
        assert said.count("done") == 1


def allowed(world, cents):
    world.boulangerie.members.filter(user=world.jeanne).update(monthly_cap_cents=cents)


def test_two_openings_at_once_do_not_pass_the_cap(world, alice):
    allowed(world, 9500)
    acceptance, given = world.acceptance(by=world.jeanne, server=world.web1), open_ticket.Given(channel="web")

    def opens():
        open_ticket.urgent(
            world.opening(), server=world.web1, acceptance=acceptance, given=given, by=world.jeanne, at=world.now
        )

    assert sorted(together(*[opens] * 4)) == ["CapReached"] * 3 + ["done"]
    assert Ticket.objects.filter(mode="urgent").count() == 1


def test_two_tickets_made_urgent_at_once_do_not_pass_the_cap(world, alice):
    allowed(world, 9500)
    acceptance, given = world.acceptance(by=world.jeanne, server=world.web1), open_ticket.Given(channel="web")

    def makes_urgent(ticket):
        return lambda: open_ticket.make_urgent(
            ticket, language="fr", acceptance=acceptance, given=given, by=world.jeanne, at=world.now
        )

    tickets = [world.customer_opens_standard() for _ticket in range(3)]
    assert sorted(together(*map(makes_urgent, tickets))) == ["CapReached"] * 2 + ["done"]
    assert Ticket.objects.filter(mode="urgent").count() == 1


def test_resolved_while_taken_is_no_deadlock(world, alice):
    for _round in range(ROUNDS):
        ticket = world.customer_opens()
        one, page = Ticket.objects.get(pk=ticket.pk), Page.objects.get(pk=ticket.page_id)
        said = together(
            lambda: resolve.ticket(one, summary="Restarted", by=world.chloe, at=world.now),
            lambda: acknowledge.page(page, person=alice, via="link", at=world.now),
        )
        assert said[0] == "done"
        assert Ticket.objects.get(pk=ticket.pk).state == "resolved"


def test_two_verdicts_at_once_are_one(world, alice):
    ticket = resolved(world, alice)
    said = together(verdict(world, ticket, alice), verdict(world, ticket, world.chloe))
    assert sorted(said) == ["AlreadyGiven", "done"]
    assert (Verdict.objects.count(), Charge.objects.count()) == (1, 1)


def test_a_verdict_and_a_reopening_never_both(world, alice):
    for _round in range(ROUNDS):
        ticket = resolved(world, alice)
        stale, other = Ticket.objects.get(pk=ticket.pk), Ticket.objects.get(pk=ticket.pk)
        evidence = list(stale.evidence.all())
        together(
            lambda: give_verdict.give(
                stale, clause="customer-app", justification="Seen", evidence=evidence, by=alice, at=world.now
            ),
            lambda: resolve.reopen(other, by=world.jeanne, at=world.now),
        )
        ticket.refresh_from_db()
        decided = Verdict.objects.filter(ticket=ticket).exists()
        assert (ticket.state, decided) in {("resolved", True), ("acknowledged", False)}


def test_a_verdict_on_a_case_reopened_meanwhile_is_refused(world, alice):
    ticket = resolved(world, alice)
    stale = Ticket.objects.get(pk=ticket.pk)
    resolve.reopen(Ticket.objects.get(pk=ticket.pk), by=world.jeanne, at=world.now)
    with pytest.raises(give_verdict.NotResolvedYet):
        give_verdict.give(
            stale,
            clause="customer-app",
            justification="Seen",
            evidence=list(stale.evidence.all()),
            by=alice,
            at=world.now,
        )
    assert Charge.objects.count() == 0


def test_two_disputes_at_once_are_one(world, alice):
    ticket = world.billed_case(alice)

    def contests(by):
        return lambda: contest.open(Ticket.objects.get(pk=ticket.pk), reason="No", by=by, at=world.now)

    said = together(contests(world.jeanne), contests(world.karim))
    assert sorted(said) == ["AlreadyContested", "done"]
    assert Dispute.objects.count() == 1


def test_a_dispute_decided_twice_at_once_credits_once(world, alice):
    ticket = world.billed_case(alice)
    world.invoices_are_issued()
    contest.open(ticket, reason="No", by=world.jeanne, at=world.now)

    def decides():
        contest.decide(Ticket.objects.get(pk=ticket.pk), upheld=True, answer="Right", by=world.chloe, at=world.now)

    assert together(decides, decides).count("done") == 1
    assert sorted(Invoice.objects.values_list("kind", flat=True)) == ["credit-note", "invoice"]


def test_a_dispute_and_an_invoice_at_once(world, alice):
    ticket = world.billed_case(alice)
    together(
        lambda: contest.open(Ticket.objects.get(pk=ticket.pk), reason="No", by=world.jeanne, at=world.now),
        lambda: issue_invoices.due(at=world.now),
    )
    charge = Charge.objects.get()
    assert (charge.held_at is None) == (charge.invoice_id is not None)


def test_numbers_have_no_gap_however_many_keepers(world, alice):
    for _number in range(4):
        world.billed_case(alice)
    together(*[lambda: issue_invoices.due(at=world.now)] * 4)
    issued = Invoice.objects.order_by("sequence")
    assert list(issued.values_list("sequence", flat=True)) == [1, 2, 3, 4]
    assert len({invoice.ticket_ref for invoice in issued}) == 4
    chained = [invoice.previous_sha256 for invoice in issued]
    assert chained == ["", *[invoice.sha256 for invoice in issued][:-1]]
