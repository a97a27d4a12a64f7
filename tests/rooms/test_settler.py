"""What was sent is written down together, and nothing of it is left unwritten."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from astreinte.core import clock
from astreinte.flows import deliver
from astreinte.notifications.models import Notification
from astreinte.notifications.rules import Outcome
from astreinte.workers.pools import Pools
from astreinte.workers.settler import SETTLES, Settler
from tests.gateways import enqueue, letter
from tests.processes import until


@pytest.fixture
def pools(thawed):
    return Pools({SETTLES: 1})


def sent(*numbers, ref="SM1"):
    """What became of messages that their provider took."""
    enqueue(*(letter(number) for number in numbers))
    held = list(Notification.objects.filter(state="queued").order_by("id"))
    assert all(deliver.claim(one, at=clock.now()) for one in held)
    return [deliver.Told(letter=one, outcome=Outcome(accepted=True, provider_ref=ref), at=clock.now()) for one in held]


def accepted():
    return Notification.objects.filter(state="accepted").count()


def test_all_that_was_told_meanwhile_is_written_by_one_turn(pools):
    settler, busy = Settler(pools), threading.Event()
    pools.submit(SETTLES, "another batch", busy.wait)
    for one in sent(1, 2, 3):
        settler.tell(one)
    assert accepted() == 0
    with CaptureQueriesContext(connection) as asked:
        settler.write()
    assert accepted() == 3
    assert [each["sql"] for each in asked].count("COMMIT") == 1
    busy.set()
    assert pools.finish(10)


def test_what_is_told_is_written_by_the_thread_that_writes(pools):
    settler = Settler(pools)
    for one in sent(1, 2, 3):
        settler.tell(one)
    until(lambda: accepted() == 3)
    assert pools.finish(10)


def test_what_is_told_after_the_end_is_written_at_once(pools):
    assert pools.finish(10)
    for one in sent(1, 2):
        Settler(pools).tell(one)
    assert accepted() == 2


def test_a_defect_leaves_the_others_written(pools):
    settler = Settler(pools)
    first, second = sent(1, ref=None), sent(2)
    for one in (*first, *second):
        settler._told.put(one)
    settler.write()
    assert accepted() == 1
