"""A person takes the page: escalation stops, nothing more leaves, the customer is told who comes."""

from datetime import timedelta

import pytest

from astreinte.flows import acknowledge
from astreinte.notifications.models import ContactMethod, Notification
from astreinte.paging.models import Page
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Ticket


def test_taking_stops_the_escalation_for_good(world):
    alice, bruno = world.on_call("Alice", "Bruno", escalates_after=timedelta(minutes=5))
    ticket = world.customer_opens()
    world.takes(alice.user, ticket)
    world.passes(hours=3)
    assert bruno.received == []


def test_what_was_queued_is_withdrawn_in_the_same_transaction(world):
    (alice,) = world.on_call("Alice")
    ContactMethod.objects.create(user=alice.user, position=1, after_s=60, kind="voice", address=alice.number)
    ticket = world.customer_opens()
    acknowledge.page(Page.objects.get(), person=alice.user, via="link", at=world.now)
    about = Notification.objects.filter(about=f"page/{ticket.page_id}", kind="page")
    assert set(about.values_list("channel", "state")) == {("sms", "accepted"), ("voice", "withdrawn")}


def test_the_customer_is_told_who_comes_and_when(world):
    (alice,) = world.on_call("Alice")
    ticket = world.customer_opens()
    world.takes(alice.user, ticket, eta=timedelta(minutes=15))
    assert (
        "a pris en charge" in world.phone(world.jeanne).letters[-1]
        or "taken charge" in world.phone(world.jeanne).letters[-1]
    )
    assert Ticket.objects.get().eta_at == world.now + timedelta(minutes=15)


def test_the_gti_clock_stops_at_the_first_person_and_never_moves_again(world):
    alice, bruno = world.on_call("Alice", "Bruno")
    ticket = world.customer_opens()
    world.passes(minutes=2)
    world.takes(alice.user, ticket)
    first = world.now
    from astreinte.flows import hand_over

    world.passes(minutes=10)
    ticket.refresh_from_db()
    hand_over.ticket(ticket, to=bruno.user, by=alice.user, at=world.now)
    world.passes(minutes=1)
    world.takes(bruno.user, ticket)
    ticket.refresh_from_db()
    assert cases.gti(ticket).stopped_at == first
    assert ticket.handled_by == bruno.user


def test_a_second_click_is_the_same_answer(world):
    (alice,) = world.on_call("Alice")
    ticket = world.customer_opens()
    world.takes(alice.user, ticket)
    before = world.history(ticket)
    world.takes(alice.user, ticket)
    assert world.history(ticket) == before


def test_somebody_else_is_told_who_has_it(world):
    alice, bruno = world.on_call("Alice", "Bruno")
    ticket = world.customer_opens()
    world.takes(alice.user, ticket)
    with pytest.raises(acknowledge.AlreadyTaken) as told:
        world.takes(bruno.user, ticket)
    assert told.value.details["by"] == "Alice Martin"


def test_people_already_rung_are_told_who_took_it_and_get_no_link(world):
    alice, bruno = world.on_call("Alice", "Bruno", escalates_after=timedelta(minutes=5))
    ticket = world.customer_opens()
    world.passes(minutes=5)
    world.takes(bruno.user, ticket)
    assert "Bruno Martin" in alice.texts[-1]
    assert "/take/" not in alice.texts[-1]


def test_not_me_rings_the_next_person_now(world):
    alice, bruno = world.on_call("Alice", "Bruno", escalates_after=timedelta(minutes=5))
    world.customer_opens("Mail is down")
    acknowledge.decline(Page.objects.get(), person=alice.user, via="link", at=world.now)
    world.pager_ticks()
    assert bruno.received == ["Mail is down"]


def test_handing_over_rings_the_colleague_at_once_then_the_plan_goes_on(world):
    from astreinte.flows import hand_over

    alice, bruno, carla = world.on_call("Alice", "Bruno", "Carla", escalates_after=timedelta(minutes=5))
    ticket = world.customer_opens("Mail is down")
    world.takes(alice.user, ticket)
    ticket.refresh_from_db()
    hand_over.ticket(ticket, to=carla.user, by=alice.user, at=world.now)
    world.pager_ticks()
    assert carla.received == ["Mail is down"]
    assert bruno.received == []
    world.passes(minutes=3)
    assert alice.received == ["Mail is down", "Mail is down"]
    world.passes(minutes=5)
    assert bruno.received == ["Mail is down"]


def test_nobody_takes_what_was_cancelled(world):
    from astreinte.flows import cancel

    (alice,) = world.on_call("Alice")
    ticket = world.customer_opens()
    cancel.ticket(ticket, by=world.jeanne, at=world.now)
    with pytest.raises(acknowledge.NoLongerRings):
        world.takes(alice.user, ticket)
