"""A desk to measure: `astreinte up` as people start it, on a database of its own, with the demonstration's telephones."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

ROOT = Path(__file__).parents[2]
READY_WITHIN_S = 90.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A running desk: where it answers, where its telephones are, what its processes cost."""

    url: str
    pocket: str
    pid: int
    ready_s: float
    environment: dict[str, str]

    def inside(self, *words: str, said: str = "") -> str:
        """What `python -m WORDS` answers in the environment of the desk."""
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=ROOT, env=self.environment, input=said, text=True, capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr[-2000:]}")
        return done.stdout

    def stuff(self, what: str, **options: Any) -> Any:
        """Ask devtools.bench.stuff for something that needs the database itself."""
        return json.loads(self.inside("devtools.bench.stuff", what, json.dumps(options)).splitlines()[-1])

    def ledger(self, since: int = 0) -> list[dict[str, Any]]:
        """What reached the telephones."""
        entries: list[dict[str, Any]] = httpx.get(f"{self.pocket}/dev/ledger?since={since}", timeout=60).json()[
            "entries"
        ]
        return entries

    def process(self, name: str) -> int:
        """The process of this worker."""
        return self._named(name)[0]

    def used_s(self, name: str) -> float:
        """CPU seconds that this worker has used so far, in all its processes: the door has several."""
        return sum(map(cpu_s, self._named(name)))

    def _named(self, name: str) -> list[int]:
        return [pid for pid in _tree(self.pid) if Path(f"/proc/{pid}/comm").read_text().strip() == name]

    def cost(self) -> tuple[float, float]:
        """CPU seconds used so far and memory in MB (shared pages counted once) of the whole tree."""
        tree = _tree(self.pid)
        seconds = sum(cpu_s(pid) for pid in tree)
        return seconds, sum(pss_mb(pid) for pid in tree)


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
            found += [int(child) for child in tasks.read_text().split()]
    return found


def cpu_s(pid: int) -> float:
    """CPU seconds this process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def pss_mb(pid: int) -> float:
    """What this process weighs, in MB, what it shares counted once among those who share it."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


@contextmanager
def running(database_url: str) -> Iterator[Desk]:
    """Start a desk, wait until it can page, stop it at the end. An empty address: SQLite."""
    with tempfile.TemporaryDirectory(prefix="astreinte-bench-") as data:
        url = f"http://127.0.0.1:{free_port()}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ASTREINTE_")}
        given = {"ASTREINTE_DATA": data, "ASTREINTE_BASE_URL": url, "ASTREINTE_LOG": "json"}
        environment = {**kept, **given, **({"ASTREINTE_DATABASE_URL": database_url} if database_url else {})}
        environment["DJANGO_SETTINGS_MODULE"] = "astreinte.config.settings"
        began = time.monotonic()
        up = ["astreinte.workers.cli", "up", "--port", url.rpartition(":")[2], "--data", data]
        with (Path(data) / "log.txt").open("wb") as log:
            start = [sys.executable, "-c", "from astreinte.workers.cli import main; main()", *up[1:]]
            process = subprocess.Popen(start, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait(url, process, log=Path(log.name))
            ready_s = time.monotonic() - began
            phones = httpx.get(f"{url}/dev/phones").headers["Location"]
            pocket = f"http://{urlsplit(phones).netloc}"
            yield Desk(url=url, pocket=pocket, pid=process.pid, ready_s=ready_s, environment=environment)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes], *, log: Path) -> None:
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"the desk is not ready: {log.read_text()[-3000:]}")
