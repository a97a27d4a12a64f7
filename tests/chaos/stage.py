"""The place where processes are started and killed: a database of its own, a gateway whose ledger tells what really left."""

import fcntl
import json
import os
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

ROOT = Path(__file__).parents[2]
ACCEPTED_BY_FAULT = {"lost-answer", "slow-answer"}


class NeverHappened(AssertionError):
    """Waited for something that did not come."""


def until(done: Callable[[], object], *, within: float, every: float = 0.01, what: str = "it") -> None:
    """Wait until `done`; raises NeverHappened after `within` seconds."""
    end = time.monotonic() + within
    while not done():
        if time.monotonic() > end:
            raise NeverHappened(f"{what} did not happen in {within:g} s")
        time.sleep(every)


@dataclass(kw_only=True)
class Process:
    """A process of ours, held by a descriptor: its number cannot become somebody else's."""

    pid: int
    out: Path
    handle: int = field(init=False)

    def __post_init__(self) -> None:
        self.handle = os.pidfd_open(self.pid)

    def signal(self, number: int) -> None:
        signal.pidfd_send_signal(self.handle, number)

    def wait(self, within: float = 60.0) -> None:
        if not select.select([self.handle], [], [], within)[0]:
            raise NeverHappened(f"process {self.pid} still lives after {within:g} s")

    @property
    def lives(self) -> bool:
        return not select.select([self.handle], [], [], 0)[0]

    def kill(self) -> None:
        """`kill -9`, and it is gone when this returns."""
        if self.lives:
            self.signal(signal.SIGKILL)
        self.wait(10)

    def stop(self) -> None:
        """SIGSTOP, and it is asleep when this returns."""
        self.signal(signal.SIGSTOP)
        until(lambda: Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T", within=5)

    def resume(self) -> None:
        self.signal(signal.SIGCONT)

    def said(self) -> list[dict]:
        """The whole lines it said so far; a line cut by the kill was never said."""
        if not self.out.exists():
            return []
        text = self.out.read_text("utf-8", "replace")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n") and line[0] == "{"]


def _is_free(lock: Path) -> bool:
    with lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


class Stage:
    """Starts roles in processes of their own, reads the database from outside, counts what the gateway accepted."""

    def __init__(self, *, folder: Path, database_url: str, pocket, environment: dict[str, str] | None = None) -> None:
        self.folder, self.database_url, self.pocket = folder, database_url, pocket
        self.log = folder / "log.txt"
        self.environment = {
            "ASTREINTE_DATABASE_URL": database_url,
            "ASTREINTE_DATA": str(folder),
            "ASTREINTE_SECRET_KEY": "only for the tests, which keep no secret",
            "ASTREINTE_LOG": "text",
            "PYTHONPATH": str(ROOT),
            **(environment or {}),
        }
        self._started: list[Process] = []
        self._zygote = self._open()

    def _open(self) -> subprocess.Popen:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ASTREINTE_")}
        (self.folder / "static").mkdir(exist_ok=True)
        with self.log.open("ab") as log:
            zygote = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.zygote"],
                cwd=ROOT, env={**kept, **self.environment}, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip
        if zygote.stdout.readline() != "0\n":
            raise RuntimeError(f"the launcher did not start: {self.log.read_text()[-2000:]}")
        return zygote

    def start(self, role: str, **args) -> Process:
        """A new process that plays this role (tests/chaos/roles.py)."""
        out = self.folder / f"{len(self._started)}-{role}.out"
        self._ask(json.dumps({"role": role, "args": args, "out": str(out)}))
        process = Process(pid=int(self._zygote.stdout.readline()), out=out)
        self._ask("begin")
        self._started.append(process)
        return process

    def _ask(self, line: str) -> None:
        self._zygote.stdin.write(f"{line}\n")
        self._zygote.stdin.flush()

    def run(self, role: str, *, within: float = 60.0, **args) -> list[dict]:
        """Play a role to its end; what it said."""
        process = self.start(role, **args)
        process.wait(within)
        return process.said()

    def played(self, role: str) -> list[Process]:
        """Every process that was started in this role."""
        return [one for one in self._started if one.out.name.endswith(f"-{role}.out")]

    def build(self, channel: str = "sms", **more) -> None:
        """The small world in the database."""
        pocket = self.pocket
        where = {"url": pocket.url, "smtp_url": pocket.smtp_url, "account": pocket.settings.account}
        self.run("build", **where, channel=channel, **more)

    def close(self) -> None:
        """End every process that was started here."""
        for process in self._started:
            if process.lives:
                process.kill()
            os.close(process.handle)
        self._zygote.stdin.close()
        self._zygote.wait(10)
        self._zygote.stdout.close()

    # -- looking -------------------------------------------------------------------------------------------------

    def rows(self, sql: str) -> list[tuple]:
        """Ask the database, from outside."""
        if self.database_url.startswith("sqlite"):
            with closing(sqlite3.connect(self.database_url.removeprefix("sqlite:///"), timeout=10)) as connection:
                return connection.execute(sql).fetchall()
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(sql).fetchall()

    def count(self, sql: str) -> int:
        return int(self.rows(f"SELECT COUNT(*) FROM {sql}")[0][0])

    def in_hand(self) -> set[tuple[int, int]]:
        """The attempts that somebody holds: (message, attempt)."""
        return set(self.rows("SELECT id, attempt FROM notifications_notification WHERE state = 'sending'"))

    def is_writable(self) -> bool:
        """Whether somebody else could write now: on SQLite, not while a stopped process is in the middle of a transaction."""
        if not self.database_url.startswith("sqlite"):
            return True
        path = self.database_url.removeprefix("sqlite:///")
        return all(_is_free(Path(f"{path}.{name}")) for name in ("turn", "turn.next"))

    def nothing_left(self) -> bool:
        """Nothing waits and nothing is held."""
        return not self.count("notifications_notification WHERE state IN ('queued', 'sending') AND kind = 'page'")

    def arrivals(self, kind: str = "") -> int:
        return sum(1 for entry in list(self.pocket.network.ledger) if kind in {"", entry.kind})

    def copies(self) -> Counter:
        """How many times the gateway accepted each message: by key."""
        found: Counter = Counter()
        for entry in list(self.pocket.network.ledger):
            taken = entry.status == 201 or entry.fault in ACCEPTED_BY_FAULT
            if entry.kind in {"sms", "voice"} and taken:
                found[entry.key] += 1
            elif entry.kind == "email" and (not entry.fault or entry.fault == "lost-answer"):
                found[entry.key.strip("<>").partition("@")[0]] += 1
        return found

    def pages(self) -> dict[int, set[str]]:
        """The keys of the messages of each page."""
        found = defaultdict(set)
        for about, key in self.rows("SELECT about, key FROM notifications_notification WHERE kind = 'page'"):
            found[int(about.partition("/")[2])].add(str(_uuid(key)))
        return found


def _uuid(key: object) -> str:
    text = str(key)
    return text if "-" in text else f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


# -- databases ---------------------------------------------------------------------------------------------------


def server() -> str:
    """The address of the PostgreSQL of this run, up to the name of the database."""
    return os.environ["ASTREINTE_DATABASE_URL"].rpartition("/astreinte")[0]


@contextmanager
def database(engine: str, folder: Path, template: Path | str | None) -> Iterator[str]:
    """A database for one test: a copy of the migrated one, or a new empty one."""
    if engine == "sqlite":
        path = folder / "chaos.sqlite3"
        if template:
            shutil.copy(template, path)
        yield f"sqlite:///{path}"
        return
    head = server()
    name = f"chaos_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(f"{head}/postgres", autocommit=True) as connection:
        copied = f' TEMPLATE "{template}"' if template else ""
        connection.execute(f'CREATE DATABASE "{name}"{copied}')
        try:
            yield f"{head}/{name}"
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
