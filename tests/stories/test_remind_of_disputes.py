"""The answer to a dispute is promised for a day, and those who decide are reminded of it."""

from datetime import timedelta

import pytest

from astreinte.accounts.models import Provider
from astreinte.core import configuration
from astreinte.flows import contest, remind_of_disputes
from astreinte.tickets.models import Dispute


@pytest.fixture
def contested(world):
    (alice,) = world.on_call("Alice")
    ticket = world.billed_case(alice.user)
    contest.open(ticket, reason="It was the server", by=world.jeanne, at=world.now)
    world.pager_ticks()
    return ticket


def reminders(world, word):
    remind_of_disputes.due(at=world.now)
    world.pager_ticks()
    return [one for one in world.phone(world.chloe).letters if word in one]


def test_an_answer_is_promised_within_a_week(world, contested):
    assert Dispute.objects.get().answer_by == world.now + timedelta(days=7)
    assert "1 novembre 2026" in world.phone(world.chloe).letter(contested.ref)


def test_or_as_soon_as_the_provider_says(world):
    Provider.objects.update(settings={"disputes": {"answer_s": 3600}})
    configuration.changed()
    (alice,) = world.on_call("Alice")
    ticket = world.billed_case(alice.user)
    dispute = contest.open(ticket, reason="It was the server", by=world.jeanne, at=world.now)
    assert dispute.answer_by == world.now + timedelta(hours=1)


def test_the_managers_are_reminded_the_day_before_once(world, contested):
    world.passes(days=5, hours=23)
    assert reminders(world, "Répondre") == []
    world.passes(hours=1)
    assert len(reminders(world, "Répondre")) == 1
    assert len(reminders(world, "Répondre")) == 1


def test_and_told_once_when_the_day_has_passed(world, contested):
    world.passes(days=7)
    assert len(reminders(world, "passé")) == 1
    world.passes(days=3)
    assert len(reminders(world, "passé")) == 1
    assert world.history(contested).count("dispute:late") == 1


def test_an_answer_given_in_time_reminds_nobody(world, contested):
    contest.decide(contested, upheld=False, answer="The logs say otherwise", by=world.chloe, at=world.now)
    world.passes(days=8)
    assert reminders(world, "passé") == []


def test_the_answer_is_the_letter_again(world, contested):
    contest.decide(contested, upheld=False, answer="The logs say otherwise", by=world.chloe, at=world.now)
    world.pager_ticks()
    text = world.phone(world.jeanne).letter("contestation")
    assert all(word in text for word in ("The logs say otherwise", "Seen in the logs.", "95,00", "#proofs"))
