"""An incident known later covers the time of a verdict that bills: it is flagged once, held, looked at, given back."""

from datetime import timedelta

import pytest

from astreinte.billing.models import Charge, Invoice
from astreinte.customers.models import Server
from astreinte.flows import contest, recover, review_verdicts
from astreinte.monitoring.models import Incident
from astreinte.tickets import reviews
from astreinte.tickets.models import PackItem, Review, Verdict


@pytest.fixture
def billed(world):
    """Alice found the customer's application at fault; the bill waits for the keeper."""
    (alice,) = world.on_call("Alice")
    world.alice = alice.user
    return world.billed_case(alice.user)


def declared(world, *, ago=timedelta(minutes=30), clause="service-down", servers=(), over=None, state="open"):
    """An incident that is known from now on, and had begun before."""
    began = world.now - ago
    incident = Incident.objects.create(
        title="HTTP/2 through the proxy",
        clause=clause,
        opened_at=began,
        started_at=began,
        state=state,
        resolved_at=over,
    )
    incident.servers.set(servers or [world.web1])
    return incident


def look(world):
    found = review_verdicts.look(at=world.now)
    world.pager_ticks()
    return found


def mail(world, word):
    return [one for one in world.phone(world.jeanne).letters if word in one]


def test_it_is_flagged_once_and_nothing_is_invoiced_meanwhile(world, billed):
    incident = declared(world)
    assert look(world) == 1
    assert [look(world), look(world)] == [0, 0]
    review = Review.objects.get()
    assert (review.verdict.ticket, review.incident, review.state) == (billed, incident, "open")
    world.passes(days=2)
    assert world.invoices_are_issued() == []
    assert list(reviews.waiting()) == [review]


def test_the_customer_reads_one_sentence_and_the_managers_are_asked(world, billed):
    declared(world)
    look(world)
    assert "HTTP/2 through the proxy" in world.phone(world.jeanne).letter("réexaminons")
    assert "/console/cases/" in world.phone(world.chloe).letter(billed.ref)
    assert "review:opened" in world.history(billed)


def test_covered_before_the_invoice_leaves_no_document(world, billed):
    declared(world)
    look(world)
    review_verdicts.decide(billed, covered=True, answer="Our proxy, indeed.", by=world.chloe, at=world.now)
    world.passes(days=2)
    assert world.invoices_are_issued() == []
    assert Verdict.objects.get().state == "overturned"
    assert Charge.objects.get().cancelled_at == Review.objects.get().decided_at
    assert look(world) == 0


def test_covered_after_the_invoice_is_credited_by_itself(world, billed):
    (invoice,) = world.invoices_are_issued()
    declared(world)
    look(world)
    review_verdicts.decide(billed, covered=True, answer="Our proxy, indeed.", by=world.chloe, at=world.now)
    world.pager_ticks()
    note = Invoice.objects.get(kind="credit-note")
    assert (note.refers_to, note.amount_incl_cents) == (invoice, invoice.amount_incl_cents)
    assert "un incident de notre côté" in note.document
    assert Verdict.objects.get().credit_note == note
    assert "Our proxy, indeed." in world.phone(world.jeanne).letter("rien à payer")


def test_what_was_said_of_it_is_sealed_with_the_evidence(world, billed):
    declared(world)
    look(world)
    review_verdicts.decide(billed, covered=True, answer="Our proxy, indeed.", by=world.chloe, at=world.now)
    world.keeper_ticks()
    (item,) = PackItem.objects.filter(pack__ticket=billed, evidence__kind="review")
    assert "Our proxy, indeed." in item.evidence.body


def test_it_stands_and_the_bill_goes_on(world, billed):
    declared(world)
    look(world)
    review_verdicts.decide(billed, covered=False, answer="Another service.", by=world.chloe, at=world.now)
    assert len(world.invoices_are_issued()) == 1
    assert look(world) == 0


def test_another_incident_known_later_still_flags_it_again(world, billed):
    declared(world)
    look(world)
    declared(world, clause="network-ours")
    assert look(world) == 0
    review_verdicts.decide(billed, covered=False, answer="Another service.", by=world.chloe, at=world.now)
    assert look(world) == 1
    assert Review.objects.filter(state="open").get().incident.clause == "network-ours"


@pytest.mark.parametrize(
    "what",
    [
        {"clause": "general-help"},
        {"clause": ""},
        {"state": "suspected", "clause": ""},
        {"ago": timedelta(minutes=-30)},
        {"ago": timedelta(hours=3), "over": timedelta(hours=2), "state": "resolved"},
    ],
)
def test_what_covers_nothing_flags_nothing(world, billed, what):
    if "over" in what:
        what = {**what, "over": world.now - what["over"]}
    declared(world, **what)
    assert look(world) == 0


def test_another_server_flags_nothing(world, billed):
    declared(world, servers=[world.web2])
    assert look(world) == 0


def test_an_incident_of_the_whole_network_flags_each_of_its_servers(world, billed):
    other = world.billed_case(world.alice, server=world.web2)
    declared(world, clause="network-ours", servers=list(Server.objects.all()))
    assert look(world) == 2
    assert {one.verdict.ticket for one in reviews.waiting()} == {billed, other}


def test_what_the_engineer_knew_when_deciding_flags_nothing(world):
    (alice,) = world.on_call("Alice")
    ticket = world.customer_opens()
    world.takes(alice.user, ticket)
    world.resolves(alice.user, ticket)
    declared(world)
    world.decides(alice.user, ticket, "customer-app")
    assert look(world) == 0


def test_a_suspicion_confirmed_after_the_verdict_flags_it(world, billed):
    incident = declared(world, state="suspected", clause="")
    assert look(world) == 0
    Incident.objects.filter(pk=incident.pk).update(state="open", clause="network-ours")
    assert look(world) == 1


def test_monitoring_that_saw_it_a_little_later_than_the_customer_flags_it(world, billed):
    check = world.watches()
    incident = world.goes_down(check)
    assert look(world) == 1
    world.sees(check, up=True, times=2)
    recover.check(check, at=world.now)
    assert Review.objects.get().incident == incident


def test_a_covered_verdict_is_never_flagged(world):
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user, clause="service-down")
    declared(world)
    assert look(world) == 0


def test_whoever_gave_the_verdict_may_say_it_was_wrong_not_that_it_was_right(world):
    world.on_call("Alice")
    ticket = world.billed_case(world.chloe)
    declared(world)
    look(world)
    with pytest.raises(review_verdicts.SamePerson):
        review_verdicts.decide(ticket, covered=False, answer="I was right.", by=world.chloe, at=world.now)
    review_verdicts.decide(ticket, covered=True, answer="I was wrong.", by=world.chloe, at=world.now)


@pytest.mark.parametrize("answer", ["", "   "])
def test_an_answer_says_something(world, billed, answer):
    declared(world)
    look(world)
    with pytest.raises(review_verdicts.NoReason):
        review_verdicts.decide(billed, covered=True, answer=answer, by=world.chloe, at=world.now)


def test_nothing_to_review_is_said(world, billed):
    with pytest.raises(review_verdicts.NoReview):
        review_verdicts.decide(billed, covered=True, answer="Yes", by=world.chloe, at=world.now)


class TestContestedToo:
    """A dispute and a review of one verdict: neither lets go of what the other still holds."""

    @pytest.fixture(autouse=True)
    def both(self, world, billed):
        contest.open(billed, reason="It was the server", by=world.jeanne, at=world.now)
        declared(world)
        look(world)

    def test_the_dispute_dismissed_the_review_still_holds_the_charge(self, world, billed):
        contest.decide(billed, upheld=False, answer="No", by=world.chloe, at=world.now)
        assert world.invoices_are_issued() == []
        review_verdicts.decide(billed, covered=False, answer="Another service.", by=world.chloe, at=world.now)
        assert len(world.invoices_are_issued()) == 1

    def test_the_review_that_stands_leaves_the_dispute_open(self, world, billed):
        review_verdicts.decide(billed, covered=False, answer="Another service.", by=world.chloe, at=world.now)
        assert world.invoices_are_issued() == []
        contest.decide(billed, upheld=False, answer="No", by=world.chloe, at=world.now)
        assert len(world.invoices_are_issued()) == 1

    def test_covered_settles_both(self, world, billed):
        review_verdicts.decide(billed, covered=True, answer="Our proxy.", by=world.chloe, at=world.now)
        assert Verdict.objects.get().dispute.state == "upheld"

    def test_upheld_settles_both(self, world, billed):
        contest.decide(billed, upheld=True, answer="Our proxy.", by=world.chloe, at=world.now)
        assert Review.objects.get().state == "covered"
