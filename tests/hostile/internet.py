"""A world without an outside, for the processes of a test: they may call any address, somebody answers, and it is written down.

Linux namespaces make it, without being root; where they are not allowed, `allowed` says why.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.processes import Worker, running

OWN = ("unshare", "--user", "--map-root-user", "--net", "--mount", "--")


@cache
def missing() -> str:
    """What this machine lacks for a small Internet; empty when it has all of it."""
    if lacking := [name for name in ("unshare", "nsenter", "ip", "mount") if not shutil.which(name)]:
        return f"there is no {lacking[0]} here"
    tried = subprocess.run([*OWN, "ip", "link", "set", "lo", "up"], capture_output=True, text=True, check=False)
    return tried.stderr.strip() if tried.returncode else ""


@dataclass(frozen=True, kw_only=True)
class Internet:
    """A running one."""

    first: Worker
    folder: Path

    def running(self, *argv: str, **environment: str) -> AbstractContextManager[Worker]:
        """`python ARGV` inside, stopped at the end of the block."""
        enter = (
            "nsenter",
            f"--target={self.first.process.pid}",
            "--user",
            "--net",
            "--mount",
            "--preserve-credentials",
        )
        return running(*argv, within=(*enter, f"--wdns={Path.cwd()}", "--"), **environment)

    def called(self) -> set[str]:
        """Everything that was called until now: `tcp 10.0.0.1 80`."""
        file = self.folder / "called.txt"
        return set(file.read_text(encoding="utf-8").splitlines()) if file.exists() else set()


@contextmanager
def internet(folder: Path, names: Mapping[str, Mapping[str, list[list[str]]]]) -> Iterator[Internet]:
    """With these names: for each, by type of record, the answers it gives one after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "names.json").write_text(json.dumps(names), encoding="utf-8")
    with running("-m", "tests.hostile", str(folder), within=OWN) as first:
        first.says("the internet is there")
        yield Internet(first=first, folder=folder)
