"""What is due is claimed together, when there are threads to send it; nothing hides what rings, and one bad row stops nobody."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from astreinte.core import clock
from astreinte.notifications import sending
from astreinte.notifications.models import Notification
from astreinte.paging.models import Page
from astreinte.workers.dispatch import Dispatcher
from astreinte.workers.pools import Pools
from astreinte.workers.settler import SETTLES, Settler
from tests.gateways import enqueue, gateway, letter, transports
from tests.processes import until

THREADS = {"sms": 2, "email": 1}


@pytest.fixture
def provider(thawed):
    with gateway() as found:
        transports(found)
        yield found


@pytest.fixture
def pools(provider):
    found = Pools({**THREADS, SETTLES: 1})
    yield found
    provider.open.set()
    assert found.finish(10)


@pytest.fixture
def dispatcher(pools):
    return Dispatcher(pools, Settler(pools), threads=THREADS, options={})


def in_state(state, **more):
    return Notification.objects.filter(state=state, **more).count()


def by_mail(number, **changes):
    return letter(number, channel="email", address="alice@hebergement.example", **changes)


def test_as_many_are_claimed_as_there_are_threads_and_by_one_commit(dispatcher, provider):
    provider.open.clear()
    enqueue(*(letter(number) for number in range(5)))
    with CaptureQueriesContext(connection) as asked:
        dispatcher.turn(clock.now())
    assert [each["sql"] for each in asked].count("COMMIT") == 1
    assert (in_state("sending"), in_state("queued")) == (2, 3)
    # a message that waited in somebody's hands could not be withdrawn when the page is taken
    assert {provider.call().form["To"] for _ in range(2)} == {letter(number).address for number in range(2)}


def test_while_nothing_is_due_nothing_is_written(dispatcher):
    with CaptureQueriesContext(connection) as asked:
        dispatcher.turn(clock.now())
    assert len(asked) == 1
    assert not dispatcher.is_called()


def test_many_letters_hide_no_text(dispatcher, provider):
    enqueue(*(by_mail(number, priority=0) for number in range(20)), letter(100))
    dispatcher.turn(clock.now())
    assert in_state("queued", channel="sms") == 0
    assert provider.call().form["To"] == letter(100).address


def test_a_channel_short_of_threads_is_called_for_when_it_has_one_again(dispatcher, provider):
    provider.open.clear()
    enqueue(*(letter(number) for number in range(3)))
    dispatcher.turn(clock.now())
    assert not dispatcher.is_called()  # both threads talk
    provider.open.set()
    until(dispatcher.is_called)
    dispatcher.turn(clock.now())
    until(lambda: in_state("accepted") == 3)
    dispatcher.turn(clock.now())
    assert not dispatcher.is_called()


def test_a_defective_row_is_set_aside_and_what_was_claimed_with_it_leaves(dispatcher, provider):
    # the number of this page is more than SQLite takes for a number; PostgreSQL finds no such page, and sends it
    enqueue(letter(1, kind="page", about=f"page/{10**30}"), letter(2))
    dispatcher.turn(clock.now())
    until(lambda: in_state("accepted", once="test/2") == 1)
    if connection.vendor == "sqlite":
        assert in_state("queued", once="test/1") == 1
        dispatcher.turn(clock.now())  # set aside: not even asked for
        assert not dispatcher.is_called()


def test_a_page_that_somebody_holds_keeps_no_other_waiting(dispatcher, provider, engine):
    if engine == "sqlite":
        return  # there everybody waits for whoever writes, 5 s at most
    page = Page.objects.create(title="t", plan={}, opened_at=clock.now(), escalates_at=clock.now() + timedelta(hours=1))
    enqueue(letter(1, kind="page", about=page.story, context=sending.EXAMPLE), letter(2))
    holder = connection.copy()
    try:
        holder.set_autocommit(False)
        holder.cursor().execute(f"SELECT 1 FROM {Page._meta.db_table} WHERE id = %s FOR UPDATE", [page.pk])
        dispatcher.turn(clock.now())
        until(lambda: in_state("accepted", once="test/2") == 1)
        assert in_state("queued", once="test/1") == 1
    finally:
        holder.rollback()
        holder.close()
    until(lambda: in_state("accepted", once="test/1") == 1)


def test_what_nobody_is_there_to_send_any_more_is_put_back(dispatcher, pools, provider):
    enqueue(letter(1))
    assert pools.finish(10)
    dispatcher.turn(clock.now())
    assert in_state("queued") == 1
    assert provider.calls.empty()


def test_two_who_ask_at_once_never_claim_one_message_twice(pools, dispatcher, provider):
    enqueue(*(letter(number) for number in range(2)))
    other = Dispatcher(pools, Settler(pools), threads=THREADS, options={})
    together = threading.Barrier(2)

    def turn(one):
        together.wait(10)
        one.turn(clock.now())
        connection.close()

    threads = [threading.Thread(target=turn, args=[one]) for one in (dispatcher, other)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(10)
    until(lambda: in_state("accepted") == 2)
    assert sorted(provider.call().form["To"] for _ in range(2)) == [letter(number).address for number in range(2)]
    assert provider.calls.empty()
