"""Consent, verdict, invoice, dispute: exactly one invoice at the price accepted, or none at all."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from astreinte.billing.document import InvoiceDocument
from astreinte.billing.models import Charge, Invoice, NumberSeries
from astreinte.flows import contest, converse, give_verdict, issue_invoices, open_ticket
from astreinte.tickets.models import Consent, Ticket, Verdict


def test_covered_never_makes_a_line_on_any_invoice(world):
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user, "service-down")
    world.passes(days=40)
    assert world.invoices_are_issued() == []
    assert not NumberSeries.objects.exists()


def test_undetermined_is_never_billed(world):
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user, "undetermined")
    assert world.invoices_are_issued() == []


def test_the_price_is_the_one_accepted_whatever_the_tariff_becomes(world):
    from datetime import date

    from astreinte.billing.models import Tariff

    (alice,) = world.on_call("Alice")
    ticket = world.customer_opens()
    Tariff.objects.create(kind="urgent_intervention", from_date=date(2026, 10, 25), amount_cents=10_000)
    world.takes(alice.user, ticket)
    world.resolves(alice.user, ticket)
    world.decides(alice.user, ticket, "customer-app")
    (invoice,) = world.invoices_are_issued()
    assert invoice.amount_excl_cents == 9500


def test_issuing_twice_makes_one_invoice(world):
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user)
    assert len(world.invoices_are_issued()) == len(world.invoices_are_issued()) == 1


def test_a_german_business_is_reverse_charged_as_it_was_shown(world):
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user, by=world.max, server=world.shop)
    (invoice,) = world.invoices_are_issued()
    assert (invoice.amount_excl_cents, invoice.vat_cents, invoice.amount_incl_cents) == (9500, 0, 9500)
    assert "Autoliquidation" in invoice.document


def test_a_customer_whose_vat_changed_since_is_set_aside_not_guessed(world):
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user, by=world.max, server=world.shop)
    world.gmbh.vat_number = ""
    world.gmbh.save()
    assert world.invoices_are_issued() == []
    assert Charge.objects.get().problem
    assert not NumberSeries.objects.filter(last__gt=0).exists()


@pytest.mark.parametrize(("language", "told"), [("fr", "lignes de l’histoire de"), ("en", "lines of the history of")])
def test_what_a_verdict_rests_on_is_told_in_the_language_of_the_ticket_a_line_each(world, language, told):
    (alice,) = world.on_call("Alice")
    ticket = world.customer_opens()
    Ticket.objects.filter(pk=ticket.pk).update(language=language)
    converse.say(ticket, body="Seen:\n\n- a queue\n- a full disk", by=world.jeanne, at=world.now)
    world.takes(alice.user, ticket)
    world.resolves(alice.user, ticket)
    message, story = (ticket.evidence.get(kind=kind) for kind in ("message", "timeline"))
    assert message.text.endswith("Seen: - a queue - a full disk")
    assert told in story.text


def test_a_verdict_that_bills_rests_on_evidence_of_this_ticket(world):
    (alice,) = world.on_call("Alice")
    other = world.customer_opens("Another one", server=world.web2)
    ticket = world.customer_opens()
    world.takes(alice.user, ticket)
    world.resolves(alice.user, ticket)
    for evidence in ([], list(other.evidence.all())):
        with pytest.raises(give_verdict.NoEvidence):
            world.decides(alice.user, ticket, "customer-app", evidence=evidence)
    assert not Verdict.objects.exists()
    assert not Charge.objects.exists()


def test_there_is_one_verdict(world):
    (alice,) = world.on_call("Alice")
    ticket = world.billed_case(alice.user)
    with pytest.raises(give_verdict.AlreadyGiven):
        world.decides(alice.user, ticket, "service-down")


def test_the_database_refuses_a_fee_without_consent_or_on_a_covered_verdict(world):
    (alice,) = world.on_call("Alice")
    verdict = world.billed_case(alice.user).verdict
    for wrong in ({"consent": None}, {"coverage": "covered"}, {"coverage": "undetermined"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Verdict.objects.filter(pk=verdict.pk).update(**wrong)


def test_the_letter_reaches_the_customer_before_the_invoice(world):
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user)
    assert not Invoice.objects.exists()
    text = world.phone(world.jeanne).letter("verdict")
    assert "95,00" in text
    assert "Seen in the logs." in text


def test_a_contested_charge_is_not_invoiced_until_decided(world):
    (alice,) = world.on_call("Alice")
    ticket = world.billed_case(alice.user)
    contest.open(ticket, reason="It was the server", by=world.jeanne, at=world.now)
    assert world.invoices_are_issued() == []
    contest.decide(ticket, upheld=False, answer="The logs say otherwise", by=world.chloe, at=world.now)
    assert len(world.invoices_are_issued()) == 1


def test_a_dispute_won_before_the_invoice_leaves_no_document(world):
    (alice,) = world.on_call("Alice")
    ticket = world.billed_case(alice.user)
    contest.open(ticket, reason="It was the server", by=world.jeanne, at=world.now)
    contest.decide(ticket, upheld=True, answer="You are right", by=world.chloe, at=world.now)
    world.passes(days=2)
    assert world.invoices_are_issued() == []


def test_who_gave_the_verdict_does_not_decide_the_dispute(world):
    world.on_call("Alice")
    ticket = world.billed_case(world.chloe)
    contest.open(ticket, reason="It was the server", by=world.jeanne, at=world.now)
    with pytest.raises(contest.SamePerson):
        contest.decide(ticket, upheld=False, answer="No", by=world.chloe, at=world.now)


def test_a_verdict_is_contested_once_and_within_thirty_days(world):
    (alice,) = world.on_call("Alice")
    ticket = world.billed_case(alice.user)
    world.now += timedelta(days=30)
    with pytest.raises(contest.TooLateToContest):
        contest.open(ticket, reason="Too late", by=world.jeanne, at=world.now)
    world.now -= timedelta(seconds=1)
    contest.open(ticket, reason="Just in time", by=world.jeanne, at=world.now)
    with pytest.raises(contest.AlreadyContested):
        contest.open(ticket, reason="Again", by=world.jeanne, at=world.now)


def test_a_consent_is_frozen_word_for_word(world):
    world.on_call("Alice")
    ticket = world.customer_opens()
    offer = world.offer()
    consent = Consent.objects.get()
    assert (consent.text, consent.text_sha256) == (offer.words.text, offer.words.text_sha256)
    assert (
        consent.button_label
        == "Confirmer le ticket urgent : 95,00\xa0€ HT (114,00\xa0€ TTC) si le problème n’est pas couvert"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=ticket.consent_id).update(amount_excl_cents=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=ticket.consent_id).delete()


def test_an_issued_invoice_is_never_changed_nor_deleted(world):
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user)
    (invoice,) = world.invoices_are_issued()
    for attack in (lambda rows: rows.update(amount_excl_cents=1, amount_incl_cents=1901), lambda rows: rows.delete()):
        with pytest.raises((IntegrityError, Exception)), transaction.atomic():
            attack(Invoice.objects.filter(pk=invoice.pk))
    assert Invoice.objects.get(pk=invoice.pk).amount_excl_cents == 9500


class TestRefusals:
    """Every "no" keeps the door to a standard ticket open, and leaves nothing behind."""

    def opens(self, world, **of):
        by, server = of.get("by", world.jeanne), of.get("server", world.web1)
        acceptance = of.get("acceptance", open_ticket.Acceptance(amount_excl_cents=9500, text_sha256="0" * 64))
        given = open_ticket.Given(channel="web")
        return open_ticket.urgent(
            world.opening(), server=server, acceptance=acceptance, given=given, by=by, at=world.now
        )

    def test_no_dedicated_server(self, world):
        with pytest.raises(open_ticket.NotEntitled):
            self.opens(world, by=world.lea, server=world.mutu)

    def test_a_technical_contact_has_no_right_to_spend(self, world):
        with pytest.raises(open_ticket.NoRight):
            self.opens(world, by=world.karim)

    def test_the_monthly_cap(self, world):
        world.on_call("Alice")
        member = world.boulangerie.members.get(user=world.jeanne)
        member.monthly_cap_cents = 9500
        member.save()
        world.customer_opens()
        with pytest.raises(open_ticket.CapReached):
            self.opens(world)

    def test_no_consent(self, world):
        with pytest.raises(open_ticket.ConsentRequired):
            self.opens(world, acceptance=None)

    def test_the_offer_changed_meanwhile(self, world):
        with pytest.raises(open_ticket.OfferChanged) as refusal:
            self.opens(world)
        assert refusal.value.details["offer"].amount_excl_cents == 9500

    def test_a_consumer_ticks_the_box_apart(self, world):
        offer = world.offer(by=world.lea, server=world.lea_dedicated)
        acceptance = open_ticket.Acceptance(amount_excl_cents=9500, text_sha256=offer.words.text_sha256)
        with pytest.raises(open_ticket.BoxNotTicked):
            self.opens(world, by=world.lea, server=world.lea_dedicated, acceptance=acceptance)
        assert offer.words.button.startswith("Commande avec obligation de paiement")

    @pytest.fixture(autouse=True)
    def nothing_is_left_behind(self, world):
        assert not Ticket.objects.filter(opened_by=world.jeanne).exists()
        yield
        assert Ticket.objects.count() == Consent.objects.count() <= 1


def test_a_double_click_is_one_ticket(world):
    (alice,) = world.on_call("Alice")
    first = world.customer_opens(key="the same form")
    again = world.customer_opens(key="the same form")
    assert first.pk == again.pk
    assert len(alice.received) == 1


def test_a_standard_ticket_made_urgent_has_the_same_consent(world):
    (alice,) = world.on_call("Alice")
    ticket = world.customer_opens_standard("My site is slow")
    world.passes(hours=1)
    given = open_ticket.Given(channel="web")
    open_ticket.make_urgent(
        ticket, language="fr", acceptance=world.acceptance(), given=given, by=world.jeanne, at=world.now
    )
    world.pager_ticks()
    assert alice.received == ["My site is slow"]
    assert Ticket.objects.get().urgent_at == world.now
    with pytest.raises(open_ticket.AlreadyUrgent):
        open_ticket.make_urgent(
            ticket, language="fr", acceptance=world.acceptance(), given=given, by=world.jeanne, at=world.now
        )


def test_two_servers_never_share_a_page(world):
    world.on_call("Alice")
    assert world.customer_opens(server=world.web1).page_id != world.customer_opens(server=world.web2).page_id


def test_the_invoice_says_what_it_rests_on(world):
    (alice,) = world.on_call("Alice")
    ticket = world.billed_case(alice.user)
    issue_invoices.due(at=world.now)
    (line,) = InvoiceDocument.from_json(Invoice.objects.get().document).lines
    proofs = [one.sha256[:12] for one in ticket.evidence.all()]
    assert "Serveur web1.boulangerie.example : Mail is down\nClause : un comportement anormal" in line.description
    assert f"Prix accepté le 25/10/2026 par Jeanne Blanc (SHA-256 {ticket.consent.sha256[:12]}…)" in line.description
    assert proofs
    assert all(proof in line.description for proof in proofs)
