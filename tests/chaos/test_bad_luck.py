"""The database is locked, away or full under the real web door and the real workers: an honest no, nothing lost, nothing half written."""

import os
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests import servers
from tests.chaos.disks import small_disk
from tests.chaos.stage import Stage, database, until
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
        until(lambda: door.is_ready, within=90, every=0.2, what="a desk that can page")
        customers = came(door, stage, count=3, pause_s=0.3)
        until(lambda: all(customer.refs for customer in customers), within=90, what="a ticket for each")

        holder = stage.start("hold", seconds=locked_s)
        until(holder.said, within=90, what="a lock")
        until(lambda: not door.is_ready, within=locked_s, every=0.2, what="a desk that says that it cannot page")
        assert holder.lives
        holder.wait(locked_s + 10)

        (held,) = holder.said()
        until(lambda: door.is_ready, within=90, every=0.2, what="a desk that can page again")
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


@contextmanager
def _on_small_disk(engine: str, folder: Path, template: Path | str):
    """A database there. On PostgreSQL it has a server of its own, whose checkpoints fail for nobody else; and the tables alone
    are on the small disk: a server whose log of writes is full ends, by its own choice.
    """
    if engine == "sqlite":
        with database(engine, folder, template) as url:
            yield url
        return
    try:
        with servers.alone() as url:
            head = url.rpartition("/")[0]
            with psycopg.connect(f"{head}/postgres", autocommit=True) as connection:
                owner = Path(connection.execute("SHOW data_directory").fetchone()[0]).stat()
                os.chown(folder, owner.st_uid, owner.st_gid)
                connection.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
                connection.execute("CREATE DATABASE cramped TABLESPACE small")
            yield f"{head}/cramped"
    except servers.NoServer as missing:
        pytest.skip(str(missing))


@pytest.fixture
def cramped(engine, tmp_path, migrated, pocket):
    """A stage whose database is on a disk of 40 MB, and that disk."""
    pocket.network.forget()
    with small_disk(40) as disk:
        if disk is None:
            pytest.skip("a small disk can be mounted by root alone, where the machine allows it")
        with _on_small_disk(engine, disk.folder, migrated) as url:
            stage = Stage(folder=tmp_path, database_url=url, pocket=pocket)
            if engine == "postgres":  # its server has no migrated database to copy
                stage.run("migrate", within=120)
            stage.build()
            yield stage, disk
            stage.close()


def test_on_a_full_disk_the_door_says_later_and_all_goes_on_when_there_is_room_again(cramped, engine, told):
    stage, disk = cramped
    for worker in WORKERS:
        stage.start(worker)
    with open_door(stage) as door:
        until(lambda: door.is_ready, within=90, every=0.2, what="a desk that can page")
        customers = came(door, stage, count=3, pause_s=0.1)
        until(lambda: all(customer.refs for customer in customers), within=90, what="a ticket for each")

        def refused() -> int:
            disk.fill()  # what was freed meanwhile is taken too
            return sum(answer.status == 503 for customer in customers for answer in list(customer.answers))

        until(refused, within=90, every=0.2, what="an honest no")
        full = time.monotonic()
        # a database goes on writing in the room it had taken before: that it has no more is asked for
        until(
            lambda: refused() and not door.is_ready, within=90, every=0.2, what="a desk that says that it cannot page"
        )
        told("not ready after, s", round(time.monotonic() - full, 1))
        disk.free()
        room = time.monotonic()
        until(lambda: door.is_ready, within=90, every=0.2, what="a desk that can page again")
        told("ready again after, s", round(time.monotonic() - room, 1))
        for customer in customers:
            customer.leave()
        answers = judge(stage, customers)
    told("answered later", sum(answer.status == 503 for answer in answers))
