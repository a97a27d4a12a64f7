"""What is configured is read once, until it changes."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from astreinte.core import configuration

pytestmark = pytest.mark.django_db


@pytest.fixture
def question():
    asked = []

    @configuration.remembered
    def question(name):
        asked.append(name)
        return f"answer to {name}"

    question.asked = asked
    return question


def test_without_a_stamp_nothing_is_kept(question):
    assert [question("a"), question("a")] == ["answer to a", "answer to a"]
    assert question.asked == ["a", "a"]


def test_an_answer_is_kept_until_the_configuration_changes(question):
    configuration.changed()
    question("a"), question("a"), question("b")
    assert question.asked == ["a", "b"]
    configuration.changed()
    question("a")
    assert question.asked == ["a", "b", "a"]


def test_what_was_rolled_back_is_forgotten(question):
    configuration.changed()
    question("a")
    with transaction.atomic():
        configuration.changed()
        question("a")
        transaction.set_rollback(True)
    configuration.changed()
    question("a")
    assert question.asked == ["a", "a", "a"]


def test_an_urgent_opening_costs_few_questions(world):
    """Each is CPU on the path of the red button: a change that adds one must say why, here."""
    world.on_call("Alice", "Bruno")
    configuration.changed()
    world.customer_opens()
    acceptance = world.acceptance()
    with CaptureQueriesContext(connection) as questions:
        world.opens_without_pager(acceptance)
    assert len(questions) <= 27
