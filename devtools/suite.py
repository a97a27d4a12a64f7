"""The checks, then every test on SQLite and on PostgreSQL; ends with one line, the sum of both runs.

A failed check counts as one failed test, and so does a run that left no report: the last line alone says
whether all is well.
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools import checks

ROOT = checks.ROOT
# Each worker of xdist has its own database, browser and data folder: more than four of them fight for the disk.
WORKERS = min(max(os.cpu_count() or 1, 2), 4)
NOTHING_COLLECTED = 5
# The build machine keeps one order for one commit; a developer's runs look for what depends on the order.
ORDER = ("--randomly-seed=1",) if os.environ.get("CI") else ()
RUNS = {
    "sqlite": (),
    "postgres": ("-m", "not browser and not once"),
}


@dataclass(frozen=True, kw_only=True)
class Sum:
    """How many tests ended how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(
            passed=self.passed + other.passed,
            failed=self.failed + other.failed,
            skipped=self.skipped + other.skipped,
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read(report: Path, *, code: int) -> Sum:
    """The sum of a JUnit report. `code` is how pytest exited: a run that broke is a failure even without a report."""
    found = Sum()
    if report.is_file():
        for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - pytest wrote it a second ago
            tests, errors, failures, skipped = (int(suite.get(name, "0")) for name in _COUNTS)
            found += Sum(passed=tests - errors - failures - skipped, failed=errors + failures, skipped=skipped)
    if code not in {0, NOTHING_COLLECTED} and not found.failed:
        found += Sum(failed=1)
    return found


_COUNTS = ("tests", "errors", "failures", "skipped")


def run(database: str, selection: Sequence[str], folder: Path) -> Sum:
    """Run the tests on one database, in parallel."""
    report = folder / f"{database}.xml"
    print(f"\n=== tests on {database} ===", flush=True)
    argv = [sys.executable, "-m", "pytest", "--database", database, "-q", "--no-header", f"--junitxml={report}"]
    argv += ["-n", str(WORKERS), "--dist", "loadgroup", *RUNS[database], *ORDER, *selection]
    done = subprocess.run(argv, cwd=ROOT, env=_sharing(folder), stdin=subprocess.DEVNULL, check=False)
    return read(report, code=done.returncode)


def _sharing(folder: Path) -> dict[str, str]:
    """Where Python keeps no bytecode, the hundreds of processes of the tests would each compile the code again: 1 s each."""
    if not sys.dont_write_bytecode:
        return dict(os.environ)
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def main(selection: Sequence[str]) -> int:
    """0 when something ran and nothing failed. With a selection the checks are left out."""
    names = [] if selection else checks.failed()
    with tempfile.TemporaryDirectory(prefix="astreinte-reports-") as folder:
        total = Sum(failed=len(names))
        for database in RUNS:
            total += run(database, selection, Path(folder))
    if names:
        print(f"\nFailed checks, each counted as a failed test: {', '.join(names)}")
    print(total, flush=True)
    return 0 if total.passed and not total.failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
