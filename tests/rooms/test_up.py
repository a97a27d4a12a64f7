"""Everything in one tree: started, killed piece by piece, stopped; nothing is left behind."""

import json
import os
import re
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from astreinte.core import outbound
from astreinte.workers.up import is_ready
from tests.processes import running, until

pytestmark = [pytest.mark.slow, pytest.mark.chaos]
START = "import sys; from astreinte.workers import up; sys.exit(up.run(port={port}, data={data!r}, breaks_every_s=0))"

NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": ""}


def free_port():
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return asking.getsockname()[1]


def tree_of(data):
    """The processes that work for this data folder: their number, and what they are."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            name = (folder / "comm").read_text().strip()
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"ASTREINTE_DATA={data}\0".encode() in environment + b"\0":
            found[int(folder.name)] = " ".join([name, *(word.decode() for word in words[1:4])])
    return found


def number_of(data, name):
    return min((number for number, words in tree_of(data).items() if name in words), default=None)


@pytest.fixture
def desk(tmp_path):
    """Its data folder, its address, and the process; on the embedded database whatever this run is on."""
    port, data = free_port(), str(tmp_path / "var")
    # in the environment too: /proc shows for a copy what its parent was started with
    given = {"ASTREINTE_DATA": data, "ASTREINTE_DATABASE_URL": "", **NO_BYTECODE}
    with running("-c", START.format(port=port, data=data), **given) as process:
        process.says("Ctrl-C stops everything.")
        yield data, f"http://127.0.0.1:{port}", process


def test_it_starts_says_where_heals_and_stops(desk):
    data, address, process = desk
    assert is_ready(address)
    for words in (address, "alice@hebergement.example", "/dev/phones", "journal"):
        assert words in process.text
    for name in ("pager", "auditor", "prober", "web", "devtools.pocket"):
        victim = number_of(data, name)
        os.kill(victim, signal.SIGKILL)
        until(lambda: number_of(data, name) not in (None, victim))
        until(lambda: is_ready(address))
    assert process.stop(signal.SIGINT) == 0
    assert "Traceback" not in process.text
    assert tree_of(data) == {}


def test_the_server_of_the_demonstration_answers_where_the_desk_looks(desk):
    data, _, process = desk
    pocket = re.search(r"(http://127\.0\.0\.1:\d+)/dev/phones", process.text)[1]
    listed = outbound.get(f"{pocket}/dev/services", allow_private=True).json()["services"]
    with closing(sqlite3.connect(f"file:{data}/astreinte.sqlite3?mode=ro", uri=True)) as database:
        services = "SELECT parameters FROM customers_managedservice AS one JOIN customers_server AS on_ ON on_.id = one.server_id"
        mine = database.execute(f"{services} WHERE on_.name = 'web1.boulangerie.example'")
        known = [json.loads(row[0]) for row in mine]
    assert [one["state"] for one in listed] == ["well"] * 4
    http, *others = [one["port"] for one in listed]
    assert [one.get("port") or one["url"] for one in known] == [f"http://127.0.0.1:{http}/", *others]
    assert "Boulangerie du Port" in outbound.get(f"http://127.0.0.1:{http}/", allow_private=True).text


def test_killed_it_leaves_no_orphan(desk):
    data, _, process = desk
    assert list(Path(data, "bytecode").rglob("life.*.pyc")), (
        "told to keep no bytecode, they share what the first has compiled"
    )
    process.process.kill()
    until(lambda: tree_of(data) == {})


def test_a_port_in_use_is_one_sentence(tmp_path):
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        running(
            "-m", "astreinte", "up", "--port", str(taken.getsockname()[1]), ASTREINTE_DATA=str(tmp_path)
        ) as process,
    ):
        assert process.stop(0) == 1
        assert len(process.said) == 1
        assert "is in use" in process.text
