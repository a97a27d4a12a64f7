"""A member presses the red button."""

from datetime import timedelta


def test_the_first_engineer_is_rung_at_once(world):
    (alice,) = world.on_call("Alice")
    world.customer_opens("Mail is down")
    assert alice.received == ["Mail is down"]


def test_the_second_engineer_is_paged_when_the_first_stays_silent(world):
    alice, bruno = world.on_call("Alice", "Bruno", escalates_after=timedelta(minutes=5))
    world.customer_opens("Mail is down")
    assert alice.received == ["Mail is down"]
    world.passes(minutes=4, seconds=50)
    assert bruno.received == []
    world.passes(seconds=10)
    assert bruno.received == ["Mail is down"]


def test_the_whole_journey_from_the_button_to_the_credit_note(world):
    from astreinte.flows import contest

    (alice,) = world.on_call("Alice")
    ticket = world.billed_case(alice.user)
    (invoice,) = world.invoices_are_issued()
    assert (invoice.number, invoice.amount_incl_cents) == ("F2026-000001", 11400)
    contest.open(ticket, reason="It was the server", by=world.jeanne, at=world.now)
    contest.decide(ticket, upheld=True, answer="You are right", by=world.chloe, at=world.now)
    _, note = world.invoices_are_issued()
    assert (note.number, note.refers_to) == ("A2026-000001", invoice)
