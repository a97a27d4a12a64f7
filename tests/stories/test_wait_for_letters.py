"""The letter, then the review delay, then the bill: nobody is billed who could not be told."""

from datetime import timedelta

import pytest

from astreinte.accounts.models import Provider
from astreinte.billing.models import Charge, Invoice
from astreinte.core import configuration
from astreinte.customers.models import Member
from astreinte.flows import contest, give_verdict, issue_invoices, settle_bills
from astreinte.notifications.models import Notification

DAY = timedelta(days=1)


@pytest.fixture
def resolved(world):
    (alice,) = world.on_call("Alice")
    world.alice = alice.user
    ticket = world.customer_opens()
    world.takes(alice.user, ticket)
    return world.resolves(alice.user, ticket)


def reviews_for(length):
    """The provider's review delay."""
    Provider.objects.update(billing_review_s=length.total_seconds())
    configuration.changed()


def decided_while_the_pager_sleeps(world, ticket, clause="customer-app"):
    """The verdict is given, and its letter waits in the outbox."""
    proofs = list(ticket.evidence.all())
    said = {"clause": clause, "justification": "Their application.", "evidence": proofs}
    return give_verdict.give(ticket, **said, by=world.alice, at=world.now)


def test_no_bill_before_the_letter_has_left(world, resolved):
    reviews_for(DAY)
    decided_while_the_pager_sleeps(world, resolved)
    world.now += timedelta(days=3)
    assert world.invoices_are_issued() == []
    world.pager_ticks()
    world.now += DAY
    (invoice,) = world.invoices_are_issued()
    assert invoice.ticket_ref == resolved.ref


def test_without_a_review_a_relay_that_is_away_holds_no_bill_up_for_a_minute(world, resolved):
    decided_while_the_pager_sleeps(world, resolved)
    world.now += timedelta(seconds=44)
    assert world.invoices_are_issued() == []
    world.now += timedelta(seconds=1)
    assert len(world.invoices_are_issued()) == 1


@pytest.mark.parametrize("late", [timedelta(), timedelta(minutes=1), timedelta(hours=30)])
def test_the_review_begins_when_the_letter_leaves(world, resolved, late):
    reviews_for(DAY)
    decided_while_the_pager_sleeps(world, resolved)
    world.now += late
    world.pager_ticks()
    left_at = world.now
    assert world.invoices_are_issued() == []
    world.now = left_at + DAY - timedelta(seconds=1)
    assert world.invoices_are_issued() == []
    world.now = left_at + DAY
    assert len(world.invoices_are_issued()) == 1


def test_a_delay_changed_later_changes_nothing_for_those_who_were_told(world, resolved):
    reviews_for(DAY)
    world.decides(world.alice, resolved, "customer-app")
    assert world.invoices_are_issued() == []
    reviews_for(timedelta())
    assert world.invoices_are_issued() == []


def test_contested_within_the_delay_it_is_not_issued_when_the_delay_ends(world, resolved):
    reviews_for(DAY)
    world.decides(world.alice, resolved, "customer-app")
    world.invoices_are_issued()
    contest.open(resolved, reason="It was the server", by=world.jeanne, at=world.now + DAY - timedelta(seconds=1))
    world.now += 2 * DAY
    assert world.invoices_are_issued() == []


def test_contested_before_the_letter_left_it_waits_for_both(world, resolved):
    decided_while_the_pager_sleeps(world, resolved)
    contest.open(resolved, reason="I read it in the ticket", by=world.jeanne, at=world.now)
    world.pager_ticks()
    assert world.invoices_are_issued() == []
    contest.decide(resolved, upheld=False, answer="The logs say otherwise", by=world.chloe, at=world.now)
    assert len(world.invoices_are_issued()) == 1


class TestNobodyCanBeTold:
    """Everybody of this customer has left, or their mailboxes refuse."""

    @pytest.fixture(autouse=True)
    def nobody(self, world, resolved):
        Member.objects.filter(customer=world.boulangerie).delete()
        configuration.changed()
        world.decides(world.alice, resolved, "customer-app")

    def test_nothing_is_billed_and_the_managers_are_told_once(self, world, resolved):
        for _ in range(3):
            assert world.invoices_are_issued() == []
            world.passes(days=1)
        told = [one for one in world.phone(world.chloe).letters if "reached nobody" in one or "personne" in one]
        assert len(told) == 1
        assert "/console/bills/" in world.phone(world.chloe).letter(resolved.ref)
        assert Charge.objects.get().problem

    def test_the_clerk_sends_it_again_once_somebody_can_be_told(self, world):
        world.invoices_are_issued()
        charge = Charge.objects.get()
        Member.objects.create(user=world.jeanne, customer=world.boulangerie, is_owner=True)
        configuration.changed()
        assert settle_bills.try_again(charge, at=world.now) is None
        with pytest.raises(settle_bills.LetterOnItsWay):
            settle_bills.try_again(Charge.objects.get(), at=world.now)
        assert world.invoices_are_issued() == []
        world.pager_ticks()
        assert "95,00" in world.phone(world.jeanne).letter("verdict")
        assert len(world.invoices_are_issued()) == 1

    def test_sent_again_to_nobody_it_says_so_again(self, world):
        world.invoices_are_issued()
        settle_bills.try_again(Charge.objects.get(), at=world.now)
        assert world.invoices_are_issued() == []
        assert Charge.objects.get().problem


def test_a_letter_that_every_mailbox_refuses_bills_nothing(world, resolved):
    decided_while_the_pager_sleeps(world, resolved)
    Notification.objects.filter(kind="verdict").update(state="failed", error="550 no such mailbox")
    assert world.invoices_are_issued() == []
    assert Charge.objects.get().problem
    assert not Invoice.objects.exists()


def test_one_reader_is_enough(world, resolved):
    decided_while_the_pager_sleeps(world, resolved)
    letters = Notification.objects.filter(kind="verdict")
    assert letters.count() > 1
    Notification.objects.filter(pk=letters.first().pk).update(state="failed", error="550 no such mailbox")
    world.pager_ticks()
    assert len(world.invoices_are_issued()) == 1


def test_the_letter_says_all_that_is_needed_to_contest(world, resolved):
    world.decides(world.alice, resolved, "customer-app")
    text = world.phone(world.jeanne).letter("verdict")
    until = "jusqu’au 24 novembre 2026, 01:30 (heure normale d’Europe centrale)"
    assert all(word in text for word in ("95,00", "114,00", "Seen in the logs.", "customer-app", until, "#proofs"))
    assert all(one.text in text for one in resolved.evidence.all())
    assert "+0" not in text


def test_the_charge_of_before_this_rule_goes_on(world, resolved):
    world.decides(world.alice, resolved, "customer-app")
    Charge.objects.update(issue_after=world.now)
    Notification.objects.filter(kind="verdict").update(state="withdrawn")
    issue_invoices.due(at=world.now)
    assert Invoice.objects.count() == 1
