"""What is configured is read once, until it changes."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from astreinte.core import configuration
from astreinte.core.models import ConfigurationStamp
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing

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


def test_a_flow_goes_by_one_state_of_the_configuration_and_sees_what_it_changes(question):
    configuration.changed()
    with configuration.steady():
        question("a")
        ConfigurationStamp.objects.update(stamp="somebody else's")
        question("a")
        assert question.asked == ["a"]
        configuration.changed()
        question("a")
        assert question.asked == ["a", "a"]
    ConfigurationStamp.objects.update(stamp="somebody else's again")
    question("a")
    assert question.asked == ["a", "a", "a"]


def test_a_flow_that_fails_inside_another_leaves_no_trace_of_what_it_had_changed(question):
    @all_or_nothing
    def changes_and_fails():
        configuration.changed()
        question("a")
        raise Refusal

    configuration.changed()
    with transaction.atomic(), configuration.steady():
        question("a")
        with pytest.raises(Refusal):
            changes_and_fails()
        question("a")
    assert question.asked == ["a", "a", "a"]


def test_the_memory_does_not_grow_with_what_strangers_ask(question):
    configuration.changed()
    for number in range(configuration.MOST):
        question(number)
    question("one more")
    question(0)
    assert question.asked[-2:] == ["one more", 0]


def test_an_urgent_opening_costs_few_questions(world):
    """Each is CPU on the path of the red button: a change that adds one must say why, here."""
    world.on_call("Alice", "Bruno")
    configuration.changed()
    world.customer_opens()
    acceptance = world.acceptance()
    with CaptureQueriesContext(connection) as questions:
        world.opens_without_pager(acceptance)
    # the last ones ask whether an incident of this server is open (then nobody is called twice), and for the first pack of evidence
    assert len(questions) <= 18
