"""Debian's Prometheus, Alertmanager and blackbox_exporter, on free ports of this machine, for one test."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from devtools.setup import system
from tests.processes import Worker

NAMES = [name for names in system.UNPACKED.values() for name in names]


def program(name: str) -> str:
    """Where this program is; without it the test is left out."""
    found = system.unpacked(name)
    if found is None:
        pytest.skip(f"{name} is not on this machine, and Debian's package could not be fetched")
    return found


def says_yes(*argv: str) -> str:
    """What a checker says of a configuration it accepts."""
    done = subprocess.run([program(argv[0]), *argv[1:]], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@dataclass(frozen=True)
class Ports:
    """Where they listen."""

    prometheus: int
    alertmanager: int
    blackbox: int
    desk: int


def free_ports() -> Ports:
    """Four ports that nobody has."""
    with ExitStack() as held:
        taken = [held.enter_context(socket.socket()) for _ in range(4)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return Ports(*(one.getsockname()[1] for one in taken))


@contextmanager
def running(folder: Path, ports: Ports, data: Path) -> Iterator[list[Worker]]:
    """The three of them with the configuration of this folder, stopped at the end of the block."""
    at = "--web.listen-address=127.0.0.1:"
    alone = "--cluster.listen-address="
    # it looks for its Alertmanager once in five seconds, and what it said before that it says again a minute later
    resend = "--rules.alert.resend-delay=1s"
    each = [
        ("prometheus-blackbox-exporter", f"--config.file={folder}/blackbox.yml", f"{at}{ports.blackbox}"),
        ("prometheus-alertmanager", f"--config.file={folder}/alertmanager.yml", f"{at}{ports.alertmanager}",
         f"--storage.path={data}/alertmanager", alone),
        ("prometheus", f"--config.file={folder}/prometheus.yml", f"{at}{ports.prometheus}",
         f"--storage.tsdb.path={data}/prometheus", resend),
    ]  # fmt: skip
    with ExitStack() as stack:
        yield [stack.enter_context(_one(program(name), *arguments)) for name, *arguments in each]


@contextmanager
def _one(*argv: str) -> Iterator[Worker]:
    worker = Worker([*argv], {})
    try:
        yield worker
    finally:
        if worker.process.poll() is None:
            os.killpg(worker.process.pid, signal.SIGKILL)
        worker.stop()
