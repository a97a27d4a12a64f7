"""Installs what a lock file names, hashes checked, and the project itself; run by the environment's own Python."""

import contextlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS = ROOT / "requirements"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
UV = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet", "--python", sys.executable]


def locked(name: str) -> None:
    """Install requirements/NAME.txt: with uv, which is ten times faster, or with pip where uv does not work."""
    arguments = ["--require-hashes", "-r", str(REQUIREMENTS / f"{name}.txt")]
    if not _succeeds([*UV, *arguments]):
        print(f"uv could not install {name}: trying with pip, which takes a minute or two.", flush=True)
        subprocess.run([*PIP, *arguments], check=True)


def tools() -> None:
    """Install uv and the build tool, pinned. Without them pip does the same work, slowly."""
    _succeeds([*PIP, "--require-hashes", "-r", str(REQUIREMENTS / "tools.txt")])


def project() -> None:
    """Make the `astreinte` command and our entry points known; the code stays where it is."""
    subprocess.run([*PIP, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], check=True)


def _succeeds(argv: list[str]) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run(argv, check=False).returncode == 0
    return False


if __name__ == "__main__":
    for what in sys.argv[1:]:
        print(f"Installing: {what}", flush=True)
        {"tools": tools, "project": project}.get(what, lambda name=what: locked(name))()
