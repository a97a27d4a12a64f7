"""What watching costs, beside blackbox_exporter on the same targets; how late two thousand looks are; how soon a failure rings."""

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from astreinte.monitoring import blackbox
from devtools.bench.desk import Desk, cpu_s, free_port, pss_mb
from devtools.bench.measures import Arrivals, Figure, rank
from devtools.setup import system

KINDS = ("http", "tcp", "ssh", "ftp", "imap", "dns")
# Looks a second while a kind is measured, and how many may be under way at one host: what our own prober allows itself.
PER_S, AT_ONCE = 200, 4
# As Prometheus asks.
ASKING = {"Accept-Encoding": "gzip", "X-Prometheus-Scrape-Timeout-Seconds": "10", "User-Agent": "Prometheus/2.42.0"}
NAME = "prometheus-blackbox-exporter"


def parameters(kind: str, port: int) -> dict[str, Any]:
    """One check of this kind on a target of this machine."""
    where: dict[str, Any] = (
        {"url": f"http://127.0.0.1:{port}/"} if kind == "http" else {"host": "127.0.0.1", "port": port}
    )
    more: dict[str, dict[str, Any]] = {
        "http": {"contains": "xxx"},
        "ftp": {"tls": "none"},
        "imap": {"tls": "none"},
        "dns": {"name": "www.example.com", "expects": "192.0.2.10"},
    }
    return {**where, **more.get(kind, {})}


@contextmanager
def _targets() -> Iterator[dict[str, int]]:
    argv = [sys.executable, "-m", "devtools.bench.targets"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield json.loads(process.stdout.readline() if process.stdout else "{}")
        process.terminate()


@contextmanager
def _exporter(program: str, ports: dict[str, int]) -> Iterator[tuple[int, str]]:
    """blackbox_exporter with the modules that `prometheus-config` writes: its process and its address."""
    made = {kind: blackbox.made(kind, parameters(kind, ports[kind]), secret_file="").module for kind in KINDS}
    with tempfile.TemporaryDirectory(prefix="astreinte-bench-") as folder:
        config = Path(folder) / "blackbox.yml"
        config.write_text(yaml.safe_dump({"modules": made}), encoding="utf-8")
        port = free_port()
        argv = [program, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"]
        with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as process:
            time.sleep(1)
            yield process.pid, f"http://127.0.0.1:{port}/probe"
            process.terminate()


def probes(desk: Desk, *, seconds: float) -> list[Figure]:
    """(g) Looks per second of CPU, ours with the results stored, in turns with the exporter, whose results nobody stores."""
    program = system.unpacked(NAME)
    if program is None:
        raise RuntimeError(f"{NAME} is not on this machine")
    figures = []
    with ExitStack() as stack:
        ports = stack.enter_context(_targets())
        pid, url = stack.enter_context(_exporter(program, ports))
        for kind in KINDS:
            ours, theirs = [], []
            for _turn in range(2):
                ours.append(_ours(desk, kind, ports[kind], seconds=seconds / 2))
                theirs.append(_theirs(pid, url, kind, ports[kind], seconds=seconds / 2))
            mine, other = sum(ours) / 2, sum(theirs) / 2
            figures.append(Figure(name=f"{kind}: looks a second of CPU", value=mine, unit="/s"))
            figures.append(
                Figure(
                    name=f"{kind}: against blackbox_exporter", value=mine / other, unit="x", limit=1.3, at_least=True
                )
            )
    return figures


def _ours(desk: Desk, kind: str, port: int, *, seconds: float) -> float:
    pid = desk.process("prober")
    desk.stuff("watch", kind=kind, parameters=parameters(kind, port), count=PER_S, interval_s=1)
    time.sleep(1.5)  # the first looks load what a kind needs
    before, made = cpu_s(pid), desk.stuff("results")["count"]
    time.sleep(seconds)
    used, done = cpu_s(pid) - before, desk.stuff("results")
    desk.stuff("unwatch")
    if done["down"]:
        raise RuntimeError(f"{kind}: {done['down']} looks failed: {done['saw']}")
    return float((done["count"] - made) / used)


def _theirs(pid: int, url: str, kind: str, port: int, *, seconds: float) -> float:
    target = blackbox.made(kind, parameters(kind, port), secret_file="").target
    asyncio.run(_asked(url, kind, target, count=50))
    before, count = cpu_s(pid), int(PER_S * seconds)
    asyncio.run(_asked(url, kind, target, count=count))
    return count / (cpu_s(pid) - before)


async def _asked(url: str, kind: str, target: str, *, count: int) -> None:
    """So many scrapes at our pace, over connections that are kept, as Prometheus keeps them."""
    room, began, failed = asyncio.Semaphore(AT_ONCE), time.monotonic(), 0

    async def one(session: aiohttp.ClientSession, number: int) -> None:
        nonlocal failed
        await asyncio.sleep(max(0.0, began + number / PER_S - time.monotonic()))
        async with room, session.get(url, params={"module": kind, "target": target}, headers=ASKING) as answer:
            failed += "\nprobe_success 1" not in await answer.text()

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(one(session, number) for number in range(count)))
    if failed:
        raise RuntimeError(f"{kind}: {failed} of {count} failed at blackbox_exporter")


# -- many checks ---------------------------------------------------------------------------------------------------------


def many(desk: Desk, *, count: int, interval_s: int) -> list[Figure]:
    """(h) So many checks, each every so many seconds: how late a look begins, and what the prober weighs."""
    pid = desk.process("prober")
    with _targets() as ports:
        desk.stuff(
            "watch", kind="http", parameters=parameters("http", ports["http"]), count=count, interval_s=interval_s
        )
        time.sleep(interval_s * 1.5)
        before = cpu_s(pid)
        time.sleep(interval_s)
        share = (cpu_s(pid) - before) / interval_s * 100
        lags, memory = desk.stuff("lags")["ms"], pss_mb(pid)
        desk.stuff("unwatch")
    name = f"{count} checks every {interval_s} s"
    return [
        Figure(name=f"{name}, share of one core", value=share, unit="%", limit=100),
        Figure(name=f"{name}, a look begins late, p99", value=rank(lags, 0.99), unit="ms", limit=1000),
        Figure(name=f"{name}, memory of the prober", value=memory, unit="MB", limit=300),
    ]


# -- from the failure to the telephone -----------------------------------------------------------------------------------


def failures(desk: Desk, *, count: int) -> list[Figure]:
    """(i) From the look that fails to the first request at the gateway; one trouble after the other, each on its own server."""
    delays = []
    for number in range(count):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        arrived = Arrivals(desk, str(port))
        desk.stuff(
            "watch", kind="tcp", parameters={"host": "127.0.0.1", "port": port}, count=1, interval_s=1, own=number
        )
        found = arrived.wait_for(1, within=15)
        seen = desk.stuff("turned")["at"]
        desk.stuff("unwatch", over=True)
        if found:
            delays.append((min(found.values()) - seen) * 1000)
    return [
        Figure(name="failing look to first gateway request, p50", value=rank(delays or [0], 0.5), unit="ms"),
        Figure(
            name="failing look to first gateway request, p99", value=rank(delays or [0], 0.99), unit="ms", limit=300
        ),
        Figure(name="failing looks that rang nobody", value=count - len(delays), unit="", limit=0),
    ]
