"""PostgreSQL goes away under load, or a connection is cut after COMMIT was sent: whoever was not answered asks again, and has one ticket."""

import time

import psycopg
import pytest

from tests import servers
from tests.chaos.cutter import wire
from tests.chaos.stage import Stage, server, until
from tests.chaos.webdoor import Customer, came, judge, open_door


@pytest.fixture(autouse=True)
def only_postgresql(engine: str) -> None:
    if engine != "postgres":
        pytest.skip("SQLite is no server: nothing restarts, nothing is cut")


@pytest.fixture
def restarts(pytestconfig: pytest.Config) -> int:
    """How many times the server is restarted."""
    return int(pytestconfig.getoption("--restarts"))


@pytest.fixture
def fragile(tmp_path, migrated, pocket):
    """A stage on a server of its own, and what restarts that server."""
    pocket.network.forget()
    if not servers._programs():
        pytest.skip("no PostgreSQL of our own that could be restarted")
    with servers.restarting() as (address, restart):
        with psycopg.connect(f"{address.removesuffix('/astreinte')}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE astreinte")
        servers.copy(f"{server()}/{migrated}", address)
        stage = Stage(folder=tmp_path, database_url=address, pocket=pocket)
        stage.build()
        yield stage, restart
        stage.close()


def test_a_server_restarted_under_load_loses_no_ticket_and_doubles_none(fragile, restarts, told):
    stage, restart = fragile
    pager = stage.start("pager")
    with open_door(stage) as door:
        customers = came(door, stage, count=4, pause_s=0.02)
        for _ in range(restarts):
            before = sum(len(customer.refs) for customer in customers)
            until(
                lambda before=before: sum(len(one.refs) for one in customers) > before + 4,
                within=90, every=0.05, what="tickets accepted again",
            )  # fmt: skip
            restart()
        back = time.monotonic()
        for customer in customers:
            customer.leave()
        answers = judge(stage, customers)
    told("tickets", sum(len(customer.refs) for customer in customers))
    told("not answered with a ticket", sum(answer.status != 201 for answer in answers))
    told("all sent after the last restart, s", round(time.monotonic() - back, 1))
    assert any(answer.status != 201 for answer in answers), "no restart hit a request: this run proves nothing"
    assert pager.lives


def test_a_commit_whose_answer_was_lost_is_no_yes_and_a_retry_with_its_key_is_the_one_ticket(stage):
    if not stage.database_url.partition("@")[2].startswith("%2F"):
        pytest.skip("the server is not on this machine: nothing can be put between it and us")
    with wire(stage.database_url) as (line, through), open_door(stage, ASTREINTE_DATABASE_URL=through) as door:
        customer = Customer(door, stage, 0)
        assert customer.press("first").status == 201
        for number in range(1, 6):
            key = f"cut-{number}"
            line.cut_next_commit()
            lost = customer.press(key)
            assert (lost.status, bool(lost.retry_after), line.cuts) == (503, True, number)
            assert stage.count(f"tickets_ticket WHERE subject = '{key}'") == 1, "it was not after the commit"
            until(lambda key=key: customer.press(key).status == 201, within=10, every=0.2, what="an answer")
            (ref, again) = (customer.press(key).body["ref"] for _ in range(2))
            assert ref == again
            assert stage.count("tickets_ticket") == stage.count("paging_page") == 1 + number
    stage.start("pager")
    until(stage.nothing_left, within=90, every=0.1, what="the end of the queue")
    copies = stage.copies()
    assert [copies[key] for keys in stage.pages().values() for key in keys] == [1] * 6
