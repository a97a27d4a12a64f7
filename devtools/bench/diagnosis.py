"""(j) The diagnosis of a server that is dead: how soon its first line is there, and how long until all of it is."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from devtools.bench.desk import Desk, free_port
from devtools.bench.measures import ENGINEER, MANAGER, Figure, rank, token

# The desk refuses more than this of one person within a minute.
OF_ONE = 10
LOOK_S, GIVE_UP_S = 0.1, 20.0


@dataclass
class Begun:
    """One diagnosis under way, by the clock of whoever asks: seconds."""

    began: float
    first: float = 0.0
    whole: float = 0.0


@contextmanager
def _silent() -> Iterator[int]:
    """A port that takes connections and never says a word; its port."""
    with socket.socket() as listener:
        listener.bind(("", 0))  # each server of the bench has an address of its own
        listener.listen(128)
        yield int(listener.getsockname()[1])


def dead_server(desk: Desk, *, count: int) -> list[Figure]:
    """So many customers complain at once, each of a server on which one port refuses, two are silent, as Prometheus is."""
    with ExitStack() as stack:
        silent = [stack.enter_context(_silent()) for _ in range(2)]
        _break(desk, silent, count=count)
        found = asyncio.run(_all(desk, count=count))
        desk.stuff("prometheus", url="")
        desk.stuff("unwatch", over=True)
    firsts, wholes = ([getattr(one, name) - one.began for one in found] for name in ("first", "whole"))
    return [
        Figure(name="diagnosis of a dead server, first line, p50", value=rank(firsts, 0.5), unit="s"),
        Figure(name="diagnosis of a dead server, first line, p99", value=rank(firsts, 0.99), unit="s", limit=1),
        Figure(name="diagnosis of a dead server, whole, p99", value=rank(wholes, 0.99), unit="s", limit=10),
    ]


def _break(desk: Desk, silent: list[int], *, count: int) -> None:
    desk.stuff("prometheus", url=f"http://127.0.0.1:{silent[0]}")
    for number in range(count):
        for port in (free_port(), *silent):
            given = {"url": f"http://127.0.1.{number + 1}:{port}/"}
            desk.stuff("watch", kind="http", parameters=given, count=1, interval_s=600, own=number)


async def _all(desk: Desk, *, count: int) -> list[Begun]:
    tokens = [token(desk, who) for who in (ENGINEER, MANAGER)]
    async with httpx.AsyncClient(base_url=f"{desk.url}/api/v1", timeout=30) as client:
        return await asyncio.gather(
            *(
                _one(client, f"bench{1000 + number}.example", tokens[number % 2], after=number / 4)
                for number in range(count)
            )
        )


async def _one(client: httpx.AsyncClient, server: str, key: str, *, after: float) -> Begun:
    """From the question to the first thing that was seen since, and to the end."""
    await asyncio.sleep(after)
    headers = {"Authorization": f"Bearer {key}"}
    told = Begun(began=time.monotonic())
    asked = await client.post("/diagnoses", json={"server": server, "symptom": "other", "text": ""}, headers=headers)
    if asked.status_code != httpx.codes.CREATED:
        raise RuntimeError(f"{server}: {asked.status_code} {asked.text[:200]}")
    said = asked.json()
    while not told.whole and time.monotonic() - told.began < GIVE_UP_S:
        told.first = told.first or (time.monotonic() if _has_a_line(said) else 0.0)
        told.whole = time.monotonic() if said["state"] == "done" else 0.0
        await asyncio.sleep(LOOK_S if not told.first else LOOK_S * 4)
        said = (await client.get(f"/diagnoses/{said['id']}", headers=headers)).json()
    told.first, told.whole = told.first or time.monotonic(), told.whole or time.monotonic()
    return told


def _has_a_line(said: dict[str, Any]) -> bool:
    """Whether something was looked at since the diagnosis began."""
    since = datetime.fromisoformat(said["started_at"])
    looked = (one for one in said["facts"] if one["source"] == "check")
    return any(datetime.fromisoformat(one["observed_at"]) >= since for one in looked)
