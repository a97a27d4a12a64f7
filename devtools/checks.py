"""Everything a machine can check without running the tests, side by side; what failed is printed whole, and named."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
RULES = "devtools/house-rules/sgconfig.yml"
LIMIT_S = 600
SHOWN = 150  # lines of what a failed check says


@dataclass(frozen=True, kw_only=True)
class Check:
    """A command that exits 0 when the code is as it should be."""

    name: str
    argv: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a check said, and after how long."""

    name: str
    ok: bool
    said: str
    seconds: float


def tool(name: str, program: str, *arguments: str) -> Check:
    """A check by a program of the environment."""
    return Check(name=name, argv=(str(BIN / program), *arguments))


def module(name: str, *arguments: str) -> Check:
    """A check by a Python module."""
    return Check(name=name, argv=(sys.executable, "-m", *arguments))


CHECKS = (
    module("types", "mypy"),
    tool("format", "ruff", "format", "--check", "."),
    tool("lint", "ruff", "check", "."),
    tool("house rules", "ast-grep", "scan", "--config", RULES, "--error", "--report-style", "medium"),
    tool("house rules are tested", "ast-grep", "test", "--config", RULES, "--skip-snapshot-tests"),
    module("sizes and first sentences", "devtools.modules"),
    tool("contracts", "lint-imports", "--no-cache"),
    Check(name="migrations", argv=(sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")),
    Check(name="django", argv=(sys.executable, "manage.py", "check", "--fail-level", "WARNING")),
    module("messages", "devtools.messages", "check"),
    module("generated pages", "devtools.docs", "check"),
    tool("templates", "djlint", "astreinte", "--lint", "--quiet"),
    tool("spelling", "codespell"),
)


def run(check: Check, environment: Mapping[str, str]) -> Outcome:
    """Run one check; a check that does not end is a failed one."""
    start = time.perf_counter()
    try:
        done = subprocess.run(
            check.argv, cwd=ROOT, env=dict(environment), capture_output=True, text=True, timeout=LIMIT_S, check=False
        )
        ok, said = done.returncode == 0, done.stdout + done.stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        ok, said = False, str(error)
    return Outcome(name=check.name, ok=ok, said=said.strip(), seconds=time.perf_counter() - start)


def environment(data: str) -> dict[str, str]:
    """The caller's, without our settings: a check must not depend on them, nor touch anybody's data."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASTREINTE_")}
    return {**clean, "ASTREINTE_DATA": data, "PYTHONWARNINGS": "default"}


def failed(checks: tuple[Check, ...] = CHECKS) -> list[str]:
    """Run the checks, print each with its time, and what the failed ones said. Returns the names of those."""
    with tempfile.TemporaryDirectory(prefix="astreinte-checks-") as data, ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = []
        for outcome in pool.map(lambda check: run(check, environment(data)), checks):
            print(f"{'ok    ' if outcome.ok else 'FAILED'} {outcome.name} ({outcome.seconds:.1f} s)", flush=True)
            outcomes.append(outcome)
    for outcome in outcomes:
        if not outcome.ok:
            print(f"\n--- {outcome.name} ---\n{_head(outcome.said)}", flush=True)
    return [outcome.name for outcome in outcomes if not outcome.ok]


def _head(said: str) -> str:
    lines = said.splitlines()
    more = [f"... and {len(lines) - SHOWN} more lines"] if len(lines) > SHOWN else []
    return "\n".join(lines[:SHOWN] + more)


def main() -> int:
    """0 when every check passed."""
    names = failed()
    if names:
        print(f"\nFailed checks: {', '.join(names)}")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
