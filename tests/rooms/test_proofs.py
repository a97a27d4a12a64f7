"""Somebody who has the database changes, removes or swaps what must be proved: `verify` names the row."""

from datetime import timedelta

import pytest

from astreinte.billing import proofs as billing
from astreinte.billing.models import Invoice
from astreinte.core import digests
from astreinte.flows import contest
from astreinte.notifications.models import Notification
from astreinte.tickets import proofs as tickets
from astreinte.tickets.models import Consent, Evidence, Ticket
from tests.attackers import without_triggers

FROZEN = {"tickets_consent", "tickets_evidence", "billing_invoice"}


@pytest.fixture
def attacker(db):
    """Runs SQL, the triggers being gone."""
    return without_triggers(FROZEN)


@pytest.fixture
def cases(world):
    """Three cases that were billed, and their three invoices."""
    (alice,) = world.on_call("Alice")
    world.pager_ticks = lambda: None  # no message needs to leave for this
    found = []
    for _ in range(3):
        found.append(world.billed_case(alice.user))
        world.now += timedelta(minutes=1)
    # as if their letters had left: no charge is issued before
    Notification.objects.filter(kind="verdict").update(state="accepted", accepted_at=world.now)
    assert len(world.invoices_are_issued()) == 3
    return found


def rows(broken):
    return [one.row for one in broken]


def test_everything_that_was_not_touched_is_well(world, cases):
    contest.open(cases[0], reason="It was the server", by=world.jeanne, at=world.now)
    contest.decide(cases[0], upheld=True, answer="You are right", by=world.chloe, at=world.now)
    assert [*tickets.consents(), *tickets.evidence(), *billing.invoices()] == []
    assert Consent.objects.count() == 3
    assert Evidence.objects.count() >= 3


@pytest.mark.parametrize(
    ("column", "value"), [("text", "I accept nothing"), ("amount_excl_cents", 1), ("ip", "192.0.2.1")]
)
def test_a_changed_consent_is_named(cases, attacker, column, value):
    consent = Consent.objects.order_by("id")[1]
    attacker(f"UPDATE tickets_consent SET {column} = %s WHERE id = %s", value, consent.pk)
    assert rows(tickets.consents()) == [f"consent {consent.pk}"]


def test_a_consent_written_again_with_its_digest_is_not_what_the_history_says(cases, attacker):
    consent = Consent.objects.order_by("id")[1]
    consent.text = "I accept everything"
    forged = tickets.consent_sha256(consent)
    attacker("UPDATE tickets_consent SET text = %s, sha256 = %s WHERE id = %s", consent.text, forged, consent.pk)
    assert rows(tickets.consents()) == [f"consent {consent.pk}"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_removed_consent_is_missed(cases, attacker, place):
    ticket = cases[place]
    attacker("UPDATE tickets_verdict SET consent_id = NULL, charge_id = NULL WHERE ticket_id = %s", ticket.pk)
    attacker("UPDATE tickets_ticket SET consent_id = NULL, mode = 'standard' WHERE id = %s", ticket.pk)
    attacker("DELETE FROM tickets_consent WHERE id = %s", ticket.consent_id)
    assert rows(tickets.consents()) == [f"ticket {ticket.pk} ({ticket.ref})"]


def test_two_consents_that_were_swapped_are_named(cases, attacker):
    one, other = cases[:2]
    attacker("UPDATE tickets_ticket SET consent_id = NULL, mode = 'standard' WHERE id = %s", one.pk)
    attacker("UPDATE tickets_ticket SET consent_id = %s WHERE id = %s", one.consent_id, other.pk)
    attacker("UPDATE tickets_ticket SET consent_id = %s, mode = 'urgent' WHERE id = %s", other.consent_id, one.pk)
    assert rows(tickets.consents()) == [f"consent {pk}" for pk in sorted([one.consent_id, other.consent_id])]


@pytest.mark.parametrize(("column", "value"), [("body", "{}"), ("text", "other"), ("kind", "other")])
def test_changed_evidence_is_named(cases, attacker, column, value):
    evidence = Evidence.objects.order_by("id")[1]
    attacker(f"UPDATE tickets_evidence SET {column} = %s WHERE id = %s", value, evidence.pk)
    assert rows(tickets.evidence()) == [f"evidence {evidence.pk}"]


def test_evidence_written_again_with_its_digest_is_named(cases, attacker):
    evidence = Evidence.objects.order_by("id")[0]
    attacker(
        "UPDATE tickets_evidence SET body = %s, sha256 = %s WHERE id = %s", "{}", digests.sha256("{}"), evidence.pk
    )
    assert rows(tickets.evidence()) == [f"evidence {evidence.pk}"]


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_removed_evidence_is_missed(cases, attacker, place):
    keys = list(Evidence.objects.order_by("id").values_list("pk", flat=True))
    key = keys[{"first": 0, "middle": len(keys) // 2, "last": -1}[place]]
    attacker("DELETE FROM tickets_verdict_evidence WHERE evidence_id = %s", key)
    attacker("DELETE FROM tickets_evidence WHERE id = %s", key)
    assert rows(tickets.evidence()) == [f"evidence {key}"]


def test_evidence_moved_to_another_ticket_is_named(cases, attacker):
    one, other = Evidence.objects.filter(kind="declaration").order_by("id")[:2]
    attacker("UPDATE tickets_evidence SET ticket_id = %s WHERE id = %s", other.ticket_id, one.pk)
    attacker("UPDATE tickets_evidence SET ticket_id = %s WHERE id = %s", one.ticket_id, other.pk)
    assert rows(tickets.evidence()) == [f"evidence {one.pk}", f"evidence {other.pk}"]


@pytest.mark.parametrize(
    ("column", "value"), [("document", "{}"), ("amount_excl_cents", 1), ("sha256", "0" * 64), ("ticket_ref", "T1")]
)
def test_a_changed_invoice_is_named(cases, attacker, column, value):
    invoice = Invoice.objects.order_by("id")[1]
    more = ", amount_incl_cents = vat_cents + 1" if column == "amount_excl_cents" else ""
    attacker(f"UPDATE billing_invoice SET {column} = %s{more} WHERE id = %s", value, invoice.pk)
    assert rows(billing.invoices())[0] == f"invoice {invoice.number}"


def test_an_invoice_written_again_with_its_digest_breaks_the_next(cases, attacker):
    invoice, following = Invoice.objects.order_by("id")[1:3]
    text = invoice.document.replace("Boulangerie", "Patisserie")
    forged = digests.sha256(f"{invoice.previous_sha256}\n{text}")
    attacker("UPDATE billing_invoice SET document = %s, sha256 = %s WHERE id = %s", text, forged, invoice.pk)
    assert rows(billing.invoices()) == [f"invoice {following.number}"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_removed_invoice_leaves_a_gap(cases, attacker, place):
    invoice = Invoice.objects.order_by("id")[place]
    attacker("UPDATE billing_charge SET invoice_id = NULL WHERE invoice_id = %s", invoice.pk)
    attacker("DELETE FROM billing_invoice WHERE id = %s", invoice.pk)
    assert rows(billing.invoices())[0] == f"series {invoice.series}, number {invoice.sequence}"


def test_two_invoices_that_changed_places_are_named(cases, attacker):
    one, other = Invoice.objects.order_by("id")[:2]
    for row, said in ((one, other), (other, one)):
        attacker(
            "UPDATE billing_invoice SET document = %s, sha256 = %s WHERE id = %s", said.document, said.sha256, row.pk
        )
    assert rows(billing.invoices())[0] == f"invoice {one.number}"


def test_a_changed_pdf_is_named(cases, attacker):
    invoice = Invoice.objects.order_by("id")[2]
    pdf = b"%PDF-1.7 as it was made"
    Invoice.objects.filter(pk=invoice.pk).update(pdf=pdf, pdf_sha256=digests.sha256(pdf))
    assert rows(billing.invoices()) == []
    attacker("UPDATE billing_invoice SET pdf = %s WHERE id = %s", b"%PDF-1.7 as it was mode", invoice.pk)
    assert rows(billing.invoices()) == [f"invoice {invoice.number}"]


def test_a_counter_set_back_is_named(cases, attacker):
    attacker("UPDATE billing_numberseries SET last = 2")
    assert rows(billing.invoices()) == ["series F2026"]
    assert Ticket.objects.count() == 3
