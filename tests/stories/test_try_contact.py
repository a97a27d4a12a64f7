"""A way to be reached is tried: a real message, once a minute, and what became of it is there to read."""

from datetime import timedelta

import pytest

from astreinte.flows import deliver, escalate, try_contact
from astreinte.notifications import trials
from astreinte.notifications.models import ContactMethod, Notification
from devtools.pocket.network import Fault


@pytest.fixture
def alice(world):
    """On call, by SMS."""
    return world.on_call("Alice")[0]


def tries(world, phone, position=0):
    """The person presses the button of one of their ways."""
    contact = trials.contacts_of(phone.user).get(position=position)
    try_contact.contact(contact, at=world.now)
    world.pager_ticks()
    return contact


def way(phone, position=0):
    return trials.ways_of([phone.user])[phone.user.pk][position]


def test_a_real_text_arrives_and_says_that_nothing_is_to_be_done(world, alice):
    assert way(alice).last is None
    tries(world, alice)
    (text,) = alice.texts
    assert "Exemple Hébergement" in text
    assert "Rien à faire" in text
    assert "/take/" not in text
    assert (way(alice).last.state, way(alice).is_awaited) == ("accepted", True)
    assert deliver.confirm(way(alice).last, delivered=True, at=world.now)
    assert (way(alice).last.state, way(alice).is_awaited) == ("delivered", False)


def test_a_text_that_nobody_confirms_is_said_so_and_no_longer_awaited(world, alice):
    tries(world, alice)
    world.passes(seconds=30)
    assert (way(alice).last.state, way(alice).is_awaited) == ("accepted", False)


def test_a_real_call_is_placed_with_its_keys(world, alice):
    ContactMethod.objects.create(user=alice.user, position=1, after_s=60, kind="voice", address=alice.number)
    tries(world, alice, position=1)
    (call,) = world.pocket.network.calls[alice.number]
    assert "Ceci est un essai" in call.twiml
    assert "Gather" in call.twiml


def test_an_email_has_its_own_words_and_no_receipt(world, alice):
    ContactMethod.objects.create(user=alice.user, position=1, after_s=0, kind="email", address=alice.user.email)
    tries(world, alice, position=1)
    assert alice.letters == ["Essai : Exemple Hébergement vous joint ici"]
    assert (way(alice, 1).last.state, way(alice, 1).is_awaited) == ("accepted", False)


def test_once_a_minute_each_and_the_others_are_free(world, alice):
    ContactMethod.objects.create(user=alice.user, position=1, after_s=0, kind="email", address=alice.user.email)
    tries(world, alice)
    world.passes(seconds=50)
    with pytest.raises(try_contact.TooSoon) as told:
        tries(world, alice)
    assert told.value.details["seconds"] == 10
    tries(world, alice, position=1)
    world.passes(seconds=10)
    tries(world, alice)
    assert len(alice.texts) == 2


def test_why_it_failed_is_said_and_the_number_is_left_out(world, alice):
    world.pocket.network.faults["*", "sms"] = Fault(mode="400", left=1)
    tries(world, alice)
    assert way(alice).last.state == "failed"
    assert way(alice).last.error
    assert way(alice).trouble


def test_a_refused_number_whose_test_passes_is_used_again(world, alice):
    ContactMethod.objects.filter(user=alice.user).update(refused_at=world.now, refused_because="unknown number")
    assert escalate.people(["rota:rota-alice"], at=world.now) == [alice.user]
    world.customer_opens("Mail is down")
    assert alice.received == []
    tries(world, alice)
    assert way(alice).trouble == ""
    world.passes(minutes=20)
    assert "Mail is down" in alice.received


def test_a_test_never_waits_for_a_page_and_stops_none(world, alice):
    world.customer_opens("Mail is down")
    tries(world, alice)
    world.passes(minutes=20)
    assert alice.received.count("Mail is down") == 2
    assert Notification.objects.filter(kind="test").count() == 1


def test_an_address_that_is_a_secret_is_shown_to_nobody(world, alice):
    from astreinte.notifications import sealing

    sealed = sealing.seal({"url": "https://chat.example/T0K3N", "secret": "whsec_c2VjcmV0"})
    ContactMethod.objects.create(user=alice.user, position=1, after_s=0, kind="webhook", address=sealed)
    assert (way(alice, 1).address, way(alice, 0).address) == ("", alice.number)


def test_a_way_changed_meanwhile_starts_afresh(world, alice):
    tries(world, alice)
    ContactMethod.objects.filter(user=alice.user).delete()
    ContactMethod.objects.create(user=alice.user, position=0, after_s=0, kind="sms", address=alice.number)
    assert way(alice).last is None
    world.now += timedelta(seconds=1)
    tries(world, alice)
    assert len(alice.texts) == 2
