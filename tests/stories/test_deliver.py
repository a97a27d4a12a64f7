"""Everything that leaves: at least once, at most once more for each crash, and the next channel when one fails."""

from datetime import timedelta

import pytest

from astreinte.core.transactions import all_or_nothing
from astreinte.flows import deliver
from astreinte.notifications import actions as notifications
from astreinte.notifications import sending
from astreinte.notifications.models import ContactMethod, Notification
from devtools.pocket.network import Fault


@pytest.fixture
def letter(world):
    """A page written by an accepted ticket, that no pager has seen yet."""
    from astreinte.flows import open_ticket

    world.on_call("Alice")
    open_ticket.urgent(
        world.opening("Mail is down"),
        server=world.web1,
        acceptance=world.acceptance(),
        given=open_ticket.Given(channel="web"),
        by=world.jeanne,
        at=world.now,
    )
    return Notification.objects.get(kind="page")


def alice(world):
    return world.phone(Notification.objects.filter(kind="page").first().person)


def test_a_page_survives_the_death_of_its_worker_before_sending(world, letter):
    assert deliver.claim(letter, at=world.now)
    world.passes(seconds=25)
    assert alice(world).received == ["Mail is down"]


def test_the_phone_does_not_ring_twice_when_its_worker_died_after_sending(world, letter):
    assert deliver.claim(letter, at=world.now)
    assert sending.attempt(letter, at=world.now).accepted
    world.passes(seconds=25)
    assert alice(world).received == ["Mail is down"]
    assert Notification.objects.get(pk=letter.pk).state == "accepted"


def test_a_worker_back_too_late_changes_nothing(world, letter):
    assert deliver.claim(letter, at=world.now)
    asleep = Notification.objects.get(pk=letter.pk)
    outcome = sending.attempt(letter, at=world.now)
    world.passes(seconds=25)
    settled = Notification.objects.get(pk=letter.pk)
    deliver.settle([deliver.Told(letter=asleep, outcome=outcome, at=world.now)])
    assert Notification.objects.get(pk=letter.pk).accepted_at == settled.accepted_at


def test_only_one_worker_claims(world, letter):
    twin = Notification.objects.get(pk=letter.pk)
    assert deliver.claim(letter, at=world.now)
    assert not deliver.claim(twin, at=world.now)


def test_a_page_taken_while_its_message_waited_is_never_sent(world, letter):
    from astreinte.flows import acknowledge
    from astreinte.paging.models import Page

    acknowledge.page(Page.objects.get(), person=letter.person, via="console", at=world.now)
    world.passes(minutes=30)
    assert alice(world).received == []


def test_what_failed_is_not_sent_again_once_the_page_is_taken(world, letter):
    from astreinte.flows import acknowledge
    from astreinte.paging.models import Page

    world.pocket.network.faults["*", "sms"] = Fault(mode="503", left=1)
    world.pager_ticks()
    assert Notification.objects.get(pk=letter.pk).state == "queued"
    acknowledge.page(Page.objects.get(), person=letter.person, via="console", at=world.now)
    world.passes(minutes=30)
    assert alice(world).received == []


@pytest.mark.parametrize("mode", ["500", "503", "429", "reset", "garbage"])
def test_a_gateway_in_trouble_is_tried_again(world, letter, mode):
    world.pocket.network.faults["*", "sms"] = Fault(mode=mode, left=2)
    world.passes(minutes=2)
    assert alice(world).received[-1:] == ["Mail is down"]


def test_the_next_channel_leaves_at_once_when_one_fails(world):
    (person,) = world.on_call("Alice")
    ContactMethod.objects.create(user=person.user, position=1, after_s=120, kind="voice", address=person.number)
    world.pocket.network.faults["*", "sms"] = Fault(mode="503")
    world.customer_opens("Mail is down")
    assert len(person.calls) == 1


def test_a_refused_number_is_disabled_and_said_so(world):
    (person,) = world.on_call("Alice")
    world.pocket.network.faults["*", "sms"] = Fault(mode="400")
    world.customer_opens("Mail is down")
    assert ContactMethod.objects.get(user=person.user).refused_at == world.now


def test_an_sms_that_nobody_confirms_makes_the_phone_ring(world):
    (person,) = world.on_call("Alice")
    ContactMethod.objects.create(user=person.user, position=1, after_s=170, kind="voice", address=person.number)
    world.customer_opens("Mail is down")
    world.passes(seconds=29)
    assert person.calls == []
    world.passes(seconds=1)
    assert len(person.calls) == 1


def test_delivered_is_not_an_answer(world):
    person, second = world.on_call("Alice", "Bruno", escalates_after=timedelta(minutes=5))
    world.customer_opens("Mail is down")
    letter = Notification.objects.get(kind="page", person=person.user)
    assert deliver.confirm(letter, delivered=True, at=world.now)
    world.passes(minutes=5)
    assert second.received == ["Mail is down"]


def test_a_receipt_only_moves_forward(world):
    world.on_call("Alice")
    world.customer_opens("Mail is down")
    letter = Notification.objects.get(kind="page")
    assert deliver.confirm(letter, delivered=True, at=world.now)
    assert not deliver.confirm(letter, delivered=False, error="late and out of order", at=world.now)
    assert Notification.objects.get(kind="page").state == "delivered"


def test_a_row_that_cannot_be_rendered_still_leaves_in_plain_words(world, letter):
    Notification.objects.filter(pk=letter.pk).update(context={"symptom_words": 3})
    world.pager_ticks()
    (text,) = alice(world).texts
    assert "/take/" in text


@pytest.mark.parametrize("title", ["\x01bell", "\u202ertl", "x" * 1_000_000, "\ud800", "{% now %}", "<b>&amp;"])
def test_any_title_still_yields_a_page(world, letter, title):
    Notification.objects.filter(pk=letter.pk).update(
        context={**letter.context, "sentence": title.encode("utf-8", "replace").decode()}
    )
    world.pager_ticks()
    (text,) = alice(world).texts
    assert "/take/" in text
    assert len(text) <= 320


def test_after_a_long_stop_only_what_still_matters_is_sent(world):
    """500 tickets, 480 of them over before the pager is back: nobody is woken for those."""
    from astreinte.flows import cancel, open_ticket

    (person,) = world.on_call("Alice")
    tickets = [
        open_ticket.urgent(
            world.opening(f"Case {n}"),
            server=world.web1,
            acceptance=world.acceptance(),
            given=open_ticket.Given(channel="web"),
            by=world.jeanne,
            at=world.now,
        )
        for n in range(25)
    ]
    for ticket in tickets[:20]:
        cancel.ticket(ticket, by=world.jeanne, at=world.now)
    world.now += timedelta(hours=6)
    world.pager_ticks()
    assert sorted(set(person.received)) == sorted(f"Case {n}" for n in range(20, 25))


def test_a_message_is_written_once(world, letter):
    @all_or_nothing
    def twice():
        again = notifications.Letter(
            once=letter.once,
            about=letter.about,
            kind="page",
            name=letter.name,
            language="fr",
            channel="sms",
            address=letter.address,
            due_at=world.now,
        )
        notifications.enqueue([again, again], at=world.now)

    twice()
    assert Notification.objects.filter(kind="page").count() == 1


def test_a_worker_that_slept_through_its_lease_sends_nothing(world, letter):
    """Between its claim and its request it was stopped for a minute: somebody else has the message by now."""
    instants = iter([world.now, world.now, world.now + timedelta(seconds=60)])
    assert not deliver.one(letter, now=lambda: next(instants))
    assert alice(world).received == []
    world.passes(seconds=25)
    assert alice(world).received == ["Mail is down"]
