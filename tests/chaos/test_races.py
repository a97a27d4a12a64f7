"""Two who want the same thing at the same instant: one wins, nothing is lost, nothing is done twice."""

import random
import time

import pytest

from tests.chaos.stage import until

# Long enough for a machine that does much else: an awake pager must never lose its own lease.
LEASE_S = 6.0


@pytest.fixture(scope="session")
def races(pytestconfig: pytest.Config) -> int:
    """How many times an answer races an escalation."""
    return int(pytestconfig.getoption("--races"))


def test_fifty_presses_of_one_key_are_one_ticket_and_fifty_identical_answers(stage):
    answers = stage.run("same_key", threads=50)
    assert len(answers) == 50
    assert {tuple(one.items()) for one in answers} == {(("ticket", 1),)}
    assert stage.count("tickets_ticket") == stage.count("paging_page") == 1
    assert stage.count("notifications_notification WHERE kind = 'page'") == 1


def test_no_message_is_leased_after_somebody_took_the_page_and_no_answer_is_lost(stage, races, told):
    ready = stage.run("ringing", count=races, within=180)
    both = {
        "pages": [one["page"] for one in ready],
        "emails": [one["email"] for one in ready],
        "start": time.monotonic() + 1.0,
        "every": 0.03,
    }
    takers = stage.start("race", side="take", seed=1, **both)
    pagers = [stage.start("race", side="ring", seed=seed, **both) for seed in (2, 3)]
    for process in (takers, *pagers):
        process.wait(60 + races * 0.1)
    taken = {one["page"]: one["taken"] for one in takers.said()}
    leased = [one for pager in pagers for one in pager.said()]
    assert len(taken) == races, stage.log.read_text()[-3000:]
    assert [one for one in leased if one["leased"] > taken[one["page"]]] == []
    assert stage.count("paging_page WHERE state = 'acknowledged'") == races
    assert stage.count("tickets_ticket WHERE state = 'acknowledged'") == races
    assert stage.count("core_timelineentry WHERE kind = 'page:acknowledged'") == races
    assert stage.count("notifications_notification WHERE kind = 'page' AND state = 'queued'") == 0
    told("leased before the answer", len(leased))
    assert stage.run("checked") == [{"wrong": []}]


def test_a_kill_in_the_middle_of_taking_charge_takes_it_wholly_or_not_at_all_and_a_second_click_is_the_same_answer(
    stage, kills
):
    count = max(20, kills // 10)
    chance, halves = random.Random(3), [0, 0]
    for one in stage.run("ringing", count=count, within=120):
        clicking = stage.start("take", **one)
        time.sleep(chance.uniform(0.0, 0.03))
        clicking.kill()
        page, ticket, withdrawn = _taken(stage, one["page"])
        assert page == ticket == withdrawn
        halves[page] += 1
        assert stage.run("take", **one) == [{"taken": one["page"]}]
        assert _taken(stage, one["page"]) == (True, True, True)
    lines = stage.rows(
        "SELECT subject, COUNT(*) FROM core_timelineentry WHERE kind LIKE '%:acknowledged' GROUP BY subject"
    )
    assert {number for _subject, number in lines} == {1}
    assert len(lines) == 2 * count
    assert stage.run("checked") == [{"wrong": []}]


def _taken(stage, page: int) -> tuple[bool, bool, bool]:
    """Whether the page is taken, whether its ticket is, whether nothing waits to be sent about it."""
    ((state, ticket),) = stage.rows(
        f"SELECT p.state, t.state FROM paging_page p JOIN tickets_ticket t ON t.page_id = p.id WHERE p.id = {page}"
    )
    waits = stage.count(
        f"notifications_notification WHERE about = 'page/{page}' AND kind = 'page' AND state = 'queued'"
    )
    return state == "acknowledged", ticket == "acknowledged", waits == 0


def _asleep_in_the_middle_of_sending(stage):
    """A pager stopped with messages in hand. On SQLite it must not sleep with the turn of everybody: then it is woken again."""
    pager = stage.start("pager", lease_s=LEASE_S)
    while True:
        before = stage.arrivals("sms")
        until(lambda before=before: stage.arrivals("sms") > before, within=90, every=0.0005, what="a request")
        pager.stop()
        if stage.is_writable() and _stays_in_hand(stage):
            return pager
        pager.resume()


def _stays_in_hand(stage) -> bool:
    """Whether somebody holds a message and does nothing about it: the others put theirs down within a moment."""
    held = stage.in_hand()
    time.sleep(0.1)
    return bool(held & stage.in_hand())


def test_pagers_stopped_for_twice_their_lease_lose_nothing_and_double_one_message_a_pause_at_most(stage, kills):
    """Three pagers at once; one is stopped in the middle of sending, its leases run out, another adopts, it wakes up."""
    door = stage.start("door", per_s=10)
    stage.start("pager", lease_s=LEASE_S)
    pauses = max(2, kills // 150)
    for _ in range(pauses):
        asleep = _asleep_in_the_middle_of_sending(stage)
        time.sleep(2 * LEASE_S + 0.2)
        asleep.resume()
        time.sleep(0.3)
        asleep.kill()
    door.kill()
    until(stage.nothing_left, within=120, every=0.2, what="the end of the queue")
    copies, pages = stage.copies(), stage.pages()
    assert [one for one in door.said() if not any(copies[key] for key in pages[one["page"]])] == []
    # its threads hold several, but bytes leave one thread at a time, and whether they may is asked just before
    assert sum(count - 1 for count in copies.values() if count > 1) <= pauses
    assert max(copies.values()) <= 2
    assert stage.run("checked") == [{"wrong": []}]


def test_writers_of_one_database_take_turns_and_none_waits_for_long(stage):
    """Four processes that write without a pause, 2 ms each: nobody starves."""
    writers = [stage.start("turns", seconds=4.0, hold=0.002) for _ in range(4)]
    for writer in writers:
        writer.wait(60)
    waits = [sorted(writer.said()[0]["waits"]) for writer in writers]
    # the patience of a writer is 5 s; a machine that does something else takes its part of it
    assert max(one[-1] for one in waits) < 3.0, [round(one[-1], 3) for one in waits]
    assert min(map(len, waits)) > max(map(len, waits)) / 3
