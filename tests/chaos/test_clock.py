"""The wall clock is moved under running processes: nothing is lost, nothing leaves twice, nobody waits for the size of the step."""

import time
from collections import Counter

import pytest

from devtools.pocket.network import Fault
from tests.chaos.clocks import WallClock, compiler
from tests.chaos.stage import until

HOUR, DAY = 3600, 86400
STEPS = (HOUR, -DAY, DAY, -HOUR)
# A page is rung again every so often; a machine that does much else is allowed some seconds.
REPEAT_S = 4
LATE_S = 3.0
LEASE_S = 3.0
# A pager says that it lives so often: a step between two of its signs is measured that well.
BEAT_S = 5.0


DUE = (
    "notifications_notification WHERE kind = 'page' AND (state = 'sending' OR (state = 'queued' AND due_at <= '{at}'))"
)


@pytest.fixture
def clock(tmp_path):
    if compiler() is None:
        pytest.skip("no C compiler for the library that moves the clock: Debian's tcc is enough")
    return WallClock(tmp_path)


def _rings(stage) -> Counter:
    """How many messages of each page the gateway accepted."""
    copies = stage.copies()
    return Counter({page: sum(copies[key] for key in keys) for page, keys in stage.pages().items()})


def test_whoever_waits_for_an_answer_is_rung_again_in_time_and_an_answer_stays(stages, clock, told):
    """Two pagers on one machine; its clock goes forward and back while some pages are taken and others are not."""
    stage = stages(environment=clock.environment, repeat_s=REPEAT_S)
    pagers = [stage.start("pager") for _ in range(2)]
    opened = stage.run("door", count=8, per_s=40)
    until(lambda: all(_rings(stage)[one["page"]] for one in opened), within=60, every=0.1, what="a ring for each")
    taken, waiting = ([one["page"] for one in half] for half in (opened[::2], opened[1::2]))
    takers = [stage.start("take", page=page, email=f"e{(page - 1) % 10}@hebergement.example") for page in taken]
    for taker in takers:
        taker.wait()
    answered = _rings(stage)

    for step in STEPS:
        before = _rings(stage)
        clock.step(step)
        stepped = time.monotonic()
        until(
            lambda: all(_rings(stage)[page] > before[page] for page in waiting),
            within=REPEAT_S + LATE_S, every=0.1, what=f"another ring after {step:+} s",
        )  # fmt: skip
        told(f"rung again after {step:+} s", round(time.monotonic() - stepped, 1))
    rings, lived = _rings(stage), time.monotonic() - opened[0]["committed"]
    # each step forward makes one ring early, and that is all
    assert max(rings.values()) <= 1 + lived // REPEAT_S + sum(step > 0 for step in STEPS)
    assert [rings[page] for page in taken] == [answered[page] for page in taken]
    assert max(stage.copies().values()) == 1
    assert stage.count("paging_page WHERE state = 'acknowledged'") == len(taken)
    assert all(pager.lives for pager in pagers)
    assert stage.run("checked") == [{"wrong": []}]


def test_after_six_hours_without_a_pager_each_open_page_rings_its_person_once(stages, clock, told):
    """Its next rounds, and the calls that were to repeat the first one, fell due meanwhile: they are one ring."""
    stage = stages("voice", environment=clock.environment, repeat_s=900)
    opened = stage.run("door", count=6, per_s=40)
    clock.step(6 * HOUR)
    stage.start("pager")
    until(lambda: all(_rings(stage)[one["page"]] for one in opened), within=60, every=0.1, what="a ring for each")
    until(lambda: not stage.count(DUE.format(at=clock.text())), within=60, every=0.1, what="the end of what is due")
    rings = _rings(stage)
    told("rings of a page", max(rings.values()))
    assert [rings[one["page"]] for one in opened] == [1] * len(opened)


def _killed_before_it_heard_the_answer(stage, number: int) -> None:
    """A pager whose message was accepted, and who died before it knew."""
    pager = stage.start("pager", lease_s=LEASE_S)
    stage.pocket.network.faults["*", "sms"] = Fault(mode="slow-answer", left=1, seconds=5.0)
    before = stage.arrivals("sms")
    stage.run("door", first=number, count=1)
    until(lambda: stage.arrivals("sms") > before, within=60, what="the request")
    until(stage.in_hand, within=5)
    pager.kill()


def test_what_a_dead_pager_held_leaves_once_and_soon_whatever_the_clock_did_since(stages, clock, told):
    """First on a clock that is ahead of the provider's, then with a step back between the death and the next pager."""
    stage = stages(environment=clock.environment)
    for number, (before, after) in enumerate([(HOUR, 0), (0, -HOUR)]):
        clock.step(before)
        _killed_before_it_heard_the_answer(stage, number)
        clock.step(after)
        began = time.monotonic()
        pager = stage.start("pager", lease_s=LEASE_S)
        until(stage.nothing_left, within=LEASE_S + BEAT_S + LATE_S, every=0.1, what="the end of what it held")
        told(f"settled after {after:+} s", round(time.monotonic() - began, 1))
        pager.kill()
    copies = stage.copies()
    assert [copies[key] for keys in stage.pages().values() for key in keys] == [1, 1]
