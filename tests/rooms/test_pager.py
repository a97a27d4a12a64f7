"""The process that rings, as it runs: real processes, a real gateway, both databases."""

import signal
from datetime import UTC, datetime, timedelta

import pytest

from astreinte.core import clock
from astreinte.core.models import Heartbeat
from astreinte.flows import deliver
from astreinte.notifications import actions
from astreinte.notifications.models import Notification
from astreinte.workers.pager import Jumps
from tests.gateways import dead_relay, enqueue, gateway, letter, transports
from tests.processes import running, until


@pytest.fixture
def provider(thawed):
    with gateway() as found:
        yield found


@pytest.fixture
def pager(database_url):
    def start():
        return running("-m", "astreinte", "pager", ASTREINTE_DATABASE_URL=database_url)

    return start


def is_accepted(count):
    return Notification.objects.filter(state="accepted").count() == count


def test_a_commit_wakes_the_pager_at_once(provider, pager):
    transports(provider)
    with pager() as process:
        process.says("pager ready")
        waits = []
        for number in range(5):
            committed = letter(number, priority=0)  # what rings; the rest waits for the tick
            start = clock.monotonic()
            enqueue(committed)
            waits.append(provider.call().at - start)
            until(lambda: is_accepted(number + 1))
        assert process.stop() == 0
    # the tick alone would take a second now and then
    assert sorted(waits)[2] < 0.25, waits


def test_a_dead_relay_does_not_delay_a_text(provider, pager):
    with dead_relay() as relay, pager() as process:
        transports(provider, relay=relay)
        process.says("pager ready")
        enqueue(*(letter(number, channel="email", address="alice@hebergement.example") for number in range(20)))
        until(lambda: Notification.objects.filter(state="sending", channel="email").exists())
        start = clock.monotonic()
        enqueue(letter(100))
        assert provider.call().at - start < 2


def test_told_to_stop_it_ends_what_is_being_sent(provider, pager):
    transports(provider)
    provider.open.clear()
    with pager() as process:
        process.says("pager ready")
        enqueue(letter(1))
        provider.call()
        process.process.send_signal(signal.SIGTERM)
        provider.open.set()
        assert process.stop() == 0
    assert is_accepted(1)


def test_two_pagers_never_send_one_message_twice(provider, pager):
    transports(provider)
    with pager() as one, pager() as other:
        one.says("pager ready")
        other.says("pager ready")
        for first in range(0, 60, 6):
            enqueue(*(letter(number) for number in range(first, first + 6)))
        until(lambda: is_accepted(60))
        assert (one.stop(), other.stop()) == (0, 0)
    numbers = [provider.calls.get_nowait().form["To"] for _ in range(provider.calls.qsize())]
    assert len(numbers) == len(set(numbers)) == 60


def test_a_defective_row_is_set_aside_and_the_others_leave(provider, pager):
    transports(provider)
    with pager() as process:
        process.says("pager ready")
        enqueue(letter(1, kind="invoice", context={"invoice": "not a number"}), letter(2))
        assert provider.call().form["To"] == letter(2).address
        process.says("set aside for a while")
        enqueue(letter(3))
        assert provider.call().form["To"] == letter(3).address


def test_it_shows_that_it_lives(provider, pager):
    with pager() as process:
        process.says("pager ready")
        until(lambda: Heartbeat.objects.filter(worker="pager").exists())


def test_killed_in_the_middle_its_message_is_looked_up_and_sent_by_the_next_one(provider, pager):
    transports(provider)
    provider.open.clear()
    with pager() as first:
        first.says("pager ready")
        enqueue(letter(1))
        provider.call()
        first.process.kill()
    provider.open.set()
    Notification.objects.update(claimed_until=clock.now() - timedelta(seconds=1))  # its lease is over
    with pager():
        asked = provider.call()
        assert asked.form == {}  # it asks what the provider has, before anything is sent again
        assert provider.call().form["To"] == letter(1).address
        until(lambda: is_accepted(1))


def test_a_jump_of_the_clock_is_noticed_and_a_drift_is_not():
    noon = datetime(2026, 10, 25, 12, tzinfo=UTC)
    jumps = Jumps(at=noon, monotonic=100.0)
    assert jumps.since(at=noon + timedelta(seconds=11), monotonic=110.0) == 0
    assert round(jumps.since(at=noon + timedelta(hours=1), monotonic=111.0)) == 3588
    assert round(jumps.since(at=noon, monotonic=112.0)) == -3601
    assert jumps.since(at=noon + timedelta(seconds=1), monotonic=113.0) == 0


@pytest.mark.django_db
def test_after_a_jump_what_is_being_sent_stays_its_senders():
    noon = datetime(2026, 10, 25, 12, tzinfo=UTC)
    actions.enqueue([letter(1, due_at=noon)], at=noon)
    mine = Notification.objects.get()
    assert deliver.claim(mine, at=noon)
    assert deliver.rebase([mine], at=noon + timedelta(hours=1)) == 1
    assert Notification.objects.get().claimed_until == noon + timedelta(hours=1) + actions.LEASE
    other = Notification.objects.get()
    other.attempt -= 1
    assert deliver.rebase([other], at=noon) == 0
