"""An engineer rehearses a night: their own telephones ring, when they ask, and nobody else's."""

from datetime import timedelta

import pytest

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import STAND_INS
from astreinte.billing.models import Charge
from astreinte.core import configuration
from astreinte.customers import queries as customers
from astreinte.flows import acknowledge, converse, open_ticket, rehearse, rehearse_on_call
from astreinte.notifications import rendering
from astreinte.notifications.models import ContactMethod, Notification
from astreinte.paging import queries as pages
from astreinte.tickets.models import Ticket


@pytest.fixture
def night(world):
    """Alice and Bruno are on call; nobody presses anything yet."""
    world.alice, world.bruno = world.on_call("Alice", "Bruno")
    return world


def rings(world, person=None, *, key=None):
    """An engineer asks to be called."""
    person = person or world.alice.user
    ticket = rehearse_on_call.ring(person, key=key or f"call-{next(world.numbers)}", at=world.now)
    world.pager_ticks()
    return ticket


def test_it_rings_the_telephones_of_the_engineer_alone_and_says_what_it_is(night):
    ContactMethod.objects.create(
        user=night.alice.user, position=1, after_s=60, kind="voice", address=night.alice.number
    )
    ContactMethod.objects.create(
        user=night.alice.user, position=2, after_s=60, kind="email", address=night.alice.user.email
    )
    configuration.changed()
    rings(night)
    night.passes(minutes=29)
    assert night.alice.texts[0].startswith("RÉPÉTITION Client de la répétition, fr.rehearsal.invalid")
    assert len(night.alice.texts) == 1
    assert len(night.alice.calls) >= 1
    spoken = rendering.words(Notification.objects.filter(channel="voice").first()).spoken
    assert spoken.startswith("Ceci est une répétition. Urgent.")
    assert night.alice.letters == [
        "RÉPÉTITION URGENT : Client de la répétition, fr.rehearsal.invalid : Répétition : mon site ne répond plus"
    ]
    others = {
        number: texts for number, texts in night.pocket.network.texts.items() if texts and number != night.alice.number
    }
    assert (others, night.bruno.letters, night.phone(night.chloe).letters) == ({}, [], [])


def test_not_me_calls_nobody_and_never_rings_again(night):
    ticket = rings(night)
    for _ in range(3):
        acknowledge.decline(ticket.page, person=night.alice.user, via="link", at=night.now)
        night.passes(minutes=6)
        ticket.page.refresh_from_db()
    assert (len(night.alice.texts), night.bruno.texts, night.phone(night.chloe).letters) == (1, [], [])


def test_it_is_taken_resolved_and_decided_and_no_customer_is_written_to(night):
    ticket = rings(night)
    alice = night.alice.user
    night.takes(alice, ticket, eta=timedelta(minutes=15), via="sms")
    converse.say(ticket, body="I am looking.", by=alice, at=night.now)
    night.resolves(alice, ticket)
    verdict = night.decides(alice, ticket, "customer-app")
    night.passes(hours=1)
    assert (verdict.coverage, verdict.charge) == ("excluded", None)
    assert not any(night.pocket.network.letters.values())
    assert not Charge.objects.exists()
    assert not Notification.objects.filter(address__endswith=STAND_INS).exists()


@pytest.mark.parametrize(("taken", "state"), [(False, "cancelled"), (True, "resolved")])
def test_it_ends_by_itself_after_half_an_hour(night, taken, state):
    ticket = rings(night)
    if taken:
        night.takes(night.alice.user, ticket)
    night.passes(minutes=29)
    rehearse.due(at=night.now)
    ticket.refresh_from_db()
    assert ticket.state == ("acknowledged" if taken else "open")
    night.passes(minutes=2)
    rehearse.due(at=night.now)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.page.state) == (state, "closed")
    assert len(night.alice.texts) == 1


def test_each_engineer_has_their_own_one_at_a_time_and_a_double_click_is_one(night):
    first = rings(night, key="same")
    assert rings(night, key="same") == first
    assert rings(night, night.bruno.user) != first
    with pytest.raises(open_ticket.RehearsalRuns):
        rings(night)
    assert len(night.alice.texts) == len(night.bruno.texts) == 1


def test_who_cannot_be_reached_is_told_so(night):
    ContactMethod.objects.filter(user=night.alice.user).delete()
    configuration.changed()
    with pytest.raises(rehearse_on_call.NoWay):
        rings(night)
    assert not Ticket.objects.exists()


def test_a_real_call_rings_during_the_rehearsal_of_an_engineer(night):
    rings(night)
    night.customer_opens("Really down")
    assert night.alice.received[-1] == "Really down"
    night.passes(minutes=6)
    assert night.bruno.received == ["Really down"]


def test_nobody_of_it_is_in_the_lists_of_people_servers_and_customers(night):
    rings(night)
    assert not customers.servers_of(night.chloe).filter(name__endswith="rehearsal.invalid").exists()
    assert not [one for one in accounts.staff() if one.email.endswith(STAND_INS)]
    assert pages.stuck(at=night.now + timedelta(hours=1), by=timedelta(minutes=1)) == []
