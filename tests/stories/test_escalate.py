"""Nobody answers: the next step, the next round, for ever; an empty step is skipped at once."""

from datetime import timedelta

from astreinte.notifications.models import ContactMethod
from astreinte.oncall.models import RotationPerson
from astreinte.paging import queries as pages
from astreinte.paging.models import EscalationPolicy, Page, Step


def test_the_whole_round_is_repeated_for_ever(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(minutes=10))
    world.customer_opens("Mail is down")
    world.passes(hours=2)
    assert len(alice.received) == 13


def test_an_empty_step_is_skipped_at_once_and_said_so(world):
    alice, bruno = world.on_call("Alice", "Bruno", escalates_after=timedelta(minutes=5))
    alice.user.is_active = False
    alice.user.save(update_fields=["is_active"])
    ticket = world.customer_opens("Mail is down")
    assert alice.received == []
    assert bruno.received == ["Mail is down"]
    assert "page:step-skipped" in world.history(ticket)
    assert any("Mail is down" in subject for subject in world.phone(world.chloe).letters)


def test_somebody_without_any_contact_does_not_hold_the_step(world):
    alice, bruno = world.on_call("Alice", "Bruno")
    ContactMethod.objects.filter(user=alice.user).delete()
    world.customer_opens("Mail is down")
    assert bruno.received == ["Mail is down"]


def test_a_policy_with_nobody_at_all_rings_the_whole_staff(world):
    EscalationPolicy.objects.create(name="default", repeat_every_s=600)
    Step.objects.create(policy=EscalationPolicy.objects.get(), position=0, after_s=0, notify=["rota:nowhere"])
    ticket = world.customer_opens("Mail is down")
    assert world.phone(world.chloe).received == ["Mail is down"]
    assert "page:last-resort" in world.history(ticket)


def test_without_anybody_reachable_the_providers_mailbox_is_the_last_resort(world):
    ContactMethod.objects.all().delete()
    world.customer_opens("Mail is down")
    letters = world.pocket.network.letters["support@hebergement.example"]
    assert "Mail is down" in letters[-1].subject
    assert "/take/" in letters[-1].text


def test_the_policy_is_frozen_when_the_page_starts(world):
    _alice, bruno = world.on_call("Alice", "Bruno", escalates_after=timedelta(minutes=5))
    world.customer_opens("Mail is down")
    Step.objects.all().delete()
    world.passes(minutes=5)
    assert bruno.received == ["Mail is down"]


def test_a_call_is_placed_again_every_minute_of_its_step(world):
    alice, _bruno = world.on_call("Alice", "Bruno", escalates_after=timedelta(minutes=3))
    ContactMethod.objects.filter(user=alice.user).update(kind="voice")
    world.customer_opens("Mail is down")
    world.passes(minutes=2, seconds=59)
    assert len(alice.calls) == 3


def test_the_hand_over_of_the_night_the_clocks_change_is_followed(world):
    """Sunday 25 October 2026, 03:00 becomes 02:00 in Paris; Monday 09:00 is 08:00 UTC."""
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=1))
    zoe = world.staff("Zoé Roy", "engineer")
    rotation = RotationPerson.objects.get().rotation
    RotationPerson.objects.create(rotation=rotation, position=1, user=zoe)
    world.customer_opens("Mail is down")
    before = len(alice.received), len(world.phone(zoe).received)
    world.passes(hours=40)
    after = len(alice.received), len(world.phone(zoe).received)
    assert sorted((after[0] - before[0], after[1] - before[1])) == [8, 32] or min(before) == 0
    assert Page.objects.get().state == "triggered"


def test_there_is_always_a_next_step(world):
    world.on_call("Alice", "Bruno")
    world.customer_opens()
    for _ in range(20):
        world.passes(minutes=7)
        assert not pages.lost(at=world.now).exists()
        assert pages.next_due_at() > world.now
