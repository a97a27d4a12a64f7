"""The database is locked, away or full under the real web door and the real workers: an honest no, nothing lost, nothing half written."""

import time

import pytest

from tests.chaos.stage import until
from tests.chaos.webdoor import came, judge, open_door

WORKERS = ("pager", "keeper", "auditor")


@pytest.fixture(scope="session")
def locked_s(pytestconfig: pytest.Config) -> float:
    """How long somebody holds the database."""
    return float(pytestconfig.getoption("--locked"))


def test_while_somebody_holds_the_database_the_door_says_later_and_nothing_is_lost(stage, locked_s, told):
    for worker in WORKERS:
        stage.start(worker)
    with open_door(stage) as door:
        until(lambda: door.is_ready, within=30, every=0.2, what="a desk that can page")
        customers = came(door, stage, count=3, pause_s=0.3)
        until(lambda: all(customer.refs for customer in customers), within=20, what="a ticket for each")

        holder = stage.start("hold", seconds=locked_s)
        until(holder.said, within=15, what="a lock")
        until(lambda: not door.is_ready, within=locked_s, every=0.2, what="a desk that says that it cannot page")
        assert holder.lives
        holder.wait(locked_s + 10)

        (held,) = holder.said()
        until(lambda: door.is_ready, within=30, every=0.2, what="a desk that can page again")
        told("ready again after, s", round(time.monotonic() - held["until"], 1))
        for customer in customers:
            customer.leave()
        answers = judge(stage, customers)
    refused = [answer for answer in answers if answer.status == 503]
    told("answered later", len(refused))
    told("longest wait, s", round(max(answer.waited_s for answer in answers), 1))
    assert refused
    # five seconds for a turn, five for the file: nobody waits for as long as the lock lasts
    assert max(answer.waited_s for answer in answers) < 13
