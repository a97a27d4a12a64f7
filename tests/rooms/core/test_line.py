"""Threads that write to one SQLite wait in a line, asleep: the lock is handed to whoever waits longest."""

import threading

from astreinte.config.sqlite.line import Line
from tests.processes import until

LONG_S = 20


def waits(line, name, came):
    def come():
        assert line.enter(within_s=LONG_S)
        came.append(name)
        line.leave()

    thread = threading.Thread(target=come)
    thread.start()
    return thread


def test_each_comes_in_the_order_in_which_it_began_to_wait_and_who_leaves_is_last_again():
    line, came = Line(), []
    assert line.enter(within_s=0)
    threads = []
    for number in range(8):
        threads.append(waits(line, number, came))
        until(lambda: len(line._waiting) == len(threads))
    line.leave()
    assert line.enter(within_s=LONG_S)  # at once: they were here before
    came.append("again")
    line.leave()
    for thread in threads:
        thread.join(LONG_S)
    assert came == [*range(8), "again"]


def test_who_waits_too_long_steps_out_and_the_others_go_on():
    line, came = Line(), []
    assert line.enter(within_s=0)
    assert not line.enter(within_s=0.01)
    thread = waits(line, "next", came)
    until(lambda: line._waiting)
    line.leave()
    thread.join(LONG_S)
    assert came == ["next"]
    assert line.enter(within_s=0)


def test_no_two_are_in_at_once():
    line, inside, most = Line(), [], []

    def come():
        for _ in range(200):
            assert line.enter(within_s=LONG_S)
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            line.leave()

    threads = [threading.Thread(target=come) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG_S)
    assert (len(most), max(most)) == (1200, 1)
