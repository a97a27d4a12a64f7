"""A rehearsal: the whole journey on the real screens and in the real rooms, with nobody called and nothing due."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from astreinte.billing.models import Charge, Invoice
from astreinte.core import timeline
from astreinte.customers.models import Member
from astreinte.flows import (
    add_people,
    cancel,
    converse,
    diagnose,
    hand_over,
    open_ticket,
    push_facts,
    rehearse,
    suspect,
)
from astreinte.guarantee.rules import advice
from astreinte.notifications.models import Notification
from astreinte.paging import queries as pages
from astreinte.tickets import linked, proofs, rehearsals, sight, tallies, tracking
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Consent, Ticket, Verdict
from astreinte.tickets.refusals import OnlyRehearsed

SENTENCE = "Our site does not answer"


@pytest.fixture
def night(world):
    """Alice and Bruno are on call; nobody presses anything yet."""
    world.alice, world.bruno = world.on_call("Alice", "Bruno")
    return world


def opens(world, *, by=None, server=None, key=None, at=None, sentence=SENTENCE, diagnosis=None):
    """Somebody presses the marked button."""
    by, server, at = by or world.jeanne, server or world.web1, at or world.now
    offer = rehearsals.offer(server=server, user=by, at=at, language="fr")
    if offer.refusal:
        raise offer.refusal
    ticket = open_ticket.urgent(
        open_ticket.Opening(
            symptom="website-down",
            subject=sentence,
            body="",
            language="fr",
            key=key or f"rehearsal-{next(world.numbers)}",
            rehearsal=True,
        ),
        server=server,
        acceptance=open_ticket.Acceptance(
            amount_excl_cents=offer.amount_excl_cents, text_sha256=offer.words.text_sha256, box=bool(offer.words.box)
        ),
        given=open_ticket.Given(channel="web"),
        diagnosis=diagnosis,
        by=by,
        at=at,
    )
    world.pager_ticks()
    return ticket


def goes_on(world, seconds):
    """Time passes: the pager climbs, and the keeper does what happens by itself."""
    for _ in range(seconds // 6):
        world.passes(seconds=6)
        rehearse.due(at=world.now)
        world.pager_ticks()


def whole(world, **opening):
    """A rehearsal from the button to the verdict."""
    ticket = opens(world, **opening)
    goes_on(world, 60)
    return Ticket.objects.get(pk=ticket.pk)


def nobody_was_reached(world, *, but=()):
    """No SMS, no call, no e-mail to anybody, but those named."""
    network = world.pocket.network
    assert not any(network.texts.values())
    assert not any(network.calls.values())
    assert {address for address, letters in network.letters.items() if letters} <= {one.email for one in but}


def test_it_ends_by_itself_within_a_minute_and_no_telephone_rings(night):
    ticket = whole(night)
    assert (ticket.state, ticket.mode, ticket.handled_by.name) == ("resolved", "rehearsal", "Alex (répétition)")
    assert Verdict.objects.get(ticket=ticket).charge is None
    nobody_was_reached(night, but=[night.jeanne])
    night.passes(hours=2)
    nobody_was_reached(night, but=[night.jeanne])
    assert not Notification.objects.filter(kind="page").exists()


def test_it_is_shown_ring_by_ring(night):
    ticket = opens(night)

    def rungs():
        found = Ticket.objects.select_related("page").get(pk=ticket.pk)
        return [(rung.person, rung.state) for rung in tracking.tracker(found).rungs if rung.state != "next"]

    assert rungs() == [("Camille (répétition)", "sending")]
    goes_on(night, 6)
    assert rungs() == [("Camille (répétition)", "no-answer"), ("Alex (répétition)", "sending")]
    goes_on(night, 6)
    assert rungs() == [("Camille (répétition)", "no-answer"), ("Alex (répétition)", "acknowledged")]


def test_whoever_does_not_want_to_wait_says_next(night):
    ticket = opens(night)
    seen = []
    while rehearsals.next_at(ticket):
        rehearse.on(ticket, at=night.now)
        ticket = Ticket.objects.get(pk=ticket.pk)
        seen.append((ticket.state, ticket.messages.count(), Verdict.objects.count()))
    assert seen == [
        ("open", 0, 0),
        ("acknowledged", 0, 0),
        ("acknowledged", 1, 0),
        ("resolved", 1, 0),
        ("resolved", 1, 1),
    ]
    with pytest.raises(rehearse.NothingFollows):
        rehearse.on(ticket, at=night.now)
    goes_on(night, 60)
    assert Verdict.objects.count() == 1


def test_one_receipt_and_one_letter_to_the_person_alone_both_marked(night):
    whole(night)
    subjects = night.phone(night.jeanne).letters
    assert len(subjects) == 2
    assert all(subject.startswith("RÉPÉTITION [T") for subject in subjects)
    assert "95,00" in night.phone(night.jeanne).letter("verdict").replace("\xa0", " ")
    assert night.phone(night.berthe).letters == night.phone(night.karim).letters == []


def test_a_real_urgent_ticket_on_the_same_server_rings_as_always(night):
    rehearsal = opens(night)
    real = night.customer_opens("Really down", by=night.jeanne)
    assert night.alice.received == ["Really down"]
    goes_on(night, 60)
    assert [real.page.pk] == list(Ticket.objects.filter(mode="urgent").values_list("page", flat=True))
    night.passes(minutes=6)
    assert night.bruno.received == ["Really down"]
    rehearsal.refresh_from_db()
    real.refresh_from_db()
    assert (rehearsal.state, real.state) == ("resolved", "open")


@pytest.mark.parametrize(
    ("fact", "clause", "coverage"), [("failed", "service-down", "covered"), ("", "customer-app", "excluded")]
)
def test_the_example_is_what_the_diagnosis_advised_or_one_that_costs(night, fact, clause, coverage):
    if fact:
        said = {
            "kind": "service.state",
            "value": fact,
            "subject": "http",
            "observed_at": night.now.isoformat(),
            "source": "provider",
        }
        push_facts.push(night.web1, advice.read([said])[0], by=night.chloe, at=night.now)
    looked = diagnose.start(night.web1, symptom="website-down", text="", by=night.jeanne, at=night.now)
    diagnose.due(at=night.now)
    looked.refresh_from_db()
    ticket = whole(night, diagnosis=looked)
    verdict = Verdict.objects.get(ticket=ticket)
    assert (verdict.clause, verdict.coverage, verdict.charge, verdict.consent) == (clause, coverage, None, None)
    assert not Charge.objects.exists()
    assert night.invoices_are_issued() == []


@pytest.mark.parametrize("clause", ["service-down", "network-ours", "customer-app", "general-help", "undetermined"])
def test_no_verdict_of_anybody_makes_a_charge(night, clause):
    ticket = opens(night)
    for _ in range(4):
        rehearse.on(Ticket.objects.get(pk=ticket.pk), at=night.now)
    night.decides(night.alice.user, ticket, clause)
    goes_on(night, 30)
    night.passes(days=2)
    night.invoices_are_issued()
    assert not Charge.objects.exists()
    assert not Invoice.objects.exists()


def test_the_database_refuses_a_consent_an_incident_and_a_charge(night):
    ticket = whole(night)
    billed = night.billed_case(night.alice.user)
    for change in ({"consent": billed.consent}, {"incident": night.goes_down(night.watches())}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ticket.objects.filter(pk=ticket.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Verdict.objects.filter(ticket=ticket).update(charge=Charge.objects.get(key=billed.story))


def test_it_is_in_no_list_count_clock_or_suspicion(night):
    done = whole(night)
    running = opens(night, by=night.lea, server=night.lea_dedicated)
    since = night.now - timedelta(minutes=15)
    assert not cases.open_urgent().exists()
    assert not cases.awaiting_verdict().exists()
    assert not linked.complaints(since=since).exists()
    assert not linked.same_complaint("website-down", since=since).exists()
    assert not linked.urgent_on([night.web1], since=since).exists()
    assert tallies.verdicts_tally() == {}
    assert tallies.tally() == {"rehearsal": 2}
    assert list(pages.delays(after=0, at=night.now)) == []
    assert not pages.ringing().exists()
    assert list(pages.since(since)) == []
    assert pages.stuck(at=night.now + timedelta(hours=1), by=timedelta(minutes=1)) == []
    assert not sight.real_seen_by(night.chloe).exists()
    assert {one.pk for one in cases.seen_by(night.chloe)} == {running.pk, done.pk}
    assert suspect.look(at=night.now) == 0


def test_it_counts_in_no_cap_and_a_cap_does_not_forbid_it(night):
    Member.objects.filter(user=night.jeanne).update(monthly_cap_cents=100)
    assert night.offer().refusal.slug == "not-entitled"
    whole(night)
    member = Member.objects.get(user=night.jeanne)
    assert cases.spent_cents(member, at=night.now) == 0


def test_a_known_incident_is_not_joined(night):
    check = night.watches()
    night.now -= timedelta(minutes=10)
    night.goes_down(check)
    ticket = opens(night)
    assert ticket.incident is None
    assert ticket.page.step == 0


def test_what_was_pressed_is_frozen_and_says_that_it_is_a_rehearsal(night):
    ticket = whole(night)
    shown = rehearsals.shown(ticket)
    assert shown["text"].startswith("RÉPÉTITION. Rien n’est accepté ici")
    assert shown["button"].startswith("Répéter, gratuit : personne n’est appelé")
    assert (shown["amount_excl_cents"], shown["amount_incl_cents"]) == (9500, 11400)
    assert not Consent.objects.exists()
    assert [*proofs.consents(), *proofs.evidence(), *proofs.receipts()] == []
    timeline.seal(at=night.now + timedelta(minutes=1))
    assert cases.verdict_of(ticket).justification.startswith("Exemple de verdict")


def test_the_real_text_is_not_accepted_in_its_place_nor_the_marked_one_for_a_real_ticket(night):
    real = night.acceptance()
    marked = rehearsals.offer(server=night.web1, user=night.jeanne, at=night.now, language="fr").words.text_sha256
    given = open_ticket.Given(channel="web")
    said = {"server": night.web1, "given": given, "by": night.jeanne, "at": night.now}
    opening = open_ticket.Opening(symptom="mail", subject="x", body="", language="fr", key="a", rehearsal=True)
    with pytest.raises(open_ticket.OfferChanged):
        open_ticket.urgent(opening, acceptance=real, **said)
    accepted = open_ticket.Acceptance(amount_excl_cents=9500, text_sha256=marked)
    with pytest.raises(open_ticket.OfferChanged):
        open_ticket.urgent(night.opening(), acceptance=accepted, **said)


def test_one_at_a_time_and_a_few_a_day_and_a_double_click_is_one(night):
    first = opens(night, key="same")
    with pytest.raises(open_ticket.RehearsalRuns):
        opens(night)
    again = open_ticket.urgent(
        open_ticket.Opening(symptom="mail", subject="x", body="", language="fr", key="same", rehearsal=True),
        server=night.web1,
        acceptance=None,
        given=open_ticket.Given(channel="web"),
        by=night.jeanne,
        at=night.now,
    )
    assert again == first
    cancel.ticket(first, by=night.jeanne, at=night.now)
    for _ in range(4):
        cancel.ticket(opens(night), by=night.jeanne, at=night.now)
    with pytest.raises(open_ticket.RehearsedEnough):
        opens(night)
    assert night.offer().is_available
    night.passes(days=1)
    opens(night)


@pytest.mark.parametrize("who", ["karim", "berthe"])
def test_it_needs_the_right_to_open_urgent_tickets(night, who):
    with pytest.raises(open_ticket.NoRight):
        opens(night, by=getattr(night, who))


def test_a_plan_without_urgent_tickets_has_none_to_rehearse(night):
    with pytest.raises(open_ticket.NotEntitled):
        opens(night, by=night.lea, server=night.mutu)


def test_cancelling_is_rehearsed_too(night):
    ticket = opens(night)
    cancel.ticket(ticket, by=night.jeanne, at=night.now)
    goes_on(night, 60)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.messages.count()) == ("cancelled", 0)
    nobody_was_reached(night, but=[night.jeanne])


def test_talking_in_it_writes_to_nobody(night):
    ticket = opens(night)
    converse.say(ticket, body="Hello?", by=night.jeanne, at=night.now)
    goes_on(night, 60)
    nobody_was_reached(night, but=[night.jeanne])


def test_the_staff_can_call_nobody_for_it(night):
    ticket = opens(night)
    with pytest.raises(OnlyRehearsed):
        add_people.ticket(ticket, person=night.bruno.user, by=night.alice.user, at=night.now)
    goes_on(night, 12)
    ticket.refresh_from_db()
    with pytest.raises(OnlyRehearsed):
        hand_over.ticket(ticket, to=night.bruno.user, by=night.alice.user, at=night.now)
    nobody_was_reached(night, but=[night.jeanne])


def test_it_is_forgotten_after_thirty_days(night):
    ticket, left = whole(night), opens(night, by=night.lea, server=night.lea_dedicated)
    cancel.ticket(left, by=night.lea, at=night.now)
    night.now += timedelta(days=31)
    assert rehearse.forgotten(at=night.now) == 2
    assert rehearse.forgotten(at=night.now) == 0
    ticket.refresh_from_db()
    assert (ticket.state, ticket.subject, ticket.summary) == ("closed", "", "")
    assert not cases.seen_by(night.jeanne).exists()
    assert not Notification.objects.exclude(address="").exists()
    assert [*proofs.consents(), *proofs.evidence()] == []
