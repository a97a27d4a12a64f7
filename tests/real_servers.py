"""Real servers for the probes, each on a free port of this machine, as nobody where they refuse to be root, gone at the end.

One that is not installed, or that this machine cannot run, skips its tests and says why.
"""

import contextlib
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from tests import probe_servers, servers

START_S = 20.0
NOBODY = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
# Debian keeps servers where the PATH of a person does not look.
PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"
# A run that is killed takes its servers along.
DIES_WITH_US = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
USER, PASSWORD = "monitor", "p4ssw0rd-of-the-check"
USER_HERE = pwd.getpwuid(os.geteuid()).pw_name
CLIENTS = 6
MYSQL = Path("/usr/share/mysql")


@dataclass(frozen=True, kw_only=True)
class Real:
    """A server that runs: where, with whose files, and how it is made silent."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @contextlib.contextmanager
    def asleep(self) -> Iterator[None]:
        """It accepts and never answers: the kernel takes the connection, and nobody comes."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        wait(lambda: _states(self.process.pid) <= {"T", "Z"})
        try:
            yield
        finally:
            os.killpg(self.process.pid, signal.SIGCONT)


def program(name: str, *, package: str) -> str:
    """Where it is. Skips the test when it is not installed."""
    found = shutil.which(name, path=PATH)
    if not found:
        pytest.skip(f"{name} is not on this machine: apt-get install {package}")
    return found


@contextlib.contextmanager
def running(argv: Sequence[str], folder: Path, *, port: int, as_us: bool = False) -> Iterator[Real]:
    """This server, from when its port answers; its folder is its own."""
    if not as_us:
        _give(folder)
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [*DIES_WITH_US, *argv],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **({} if as_us else NOBODY),
        )
    try:
        wait(lambda: process.poll() is not None or _listens(port))
        if process.poll() is not None or not _listens(port):
            pytest.skip(f"{argv[0]} does not run here: {(folder / 'output').read_text(errors='replace')[-300:]}")
        yield Real(port=port, folder=folder, process=process)
    finally:
        _end(process)


def _give(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if NOBODY:
            shutil.chown(path, "nobody", "nogroup")
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == os.geteuid() and NOBODY and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)  # a folder of pytest: to be passed through, not read


def _end(process: subprocess.Popen[bytes]) -> None:
    """At once, with its children: nothing that it holds is worth a farewell, which takes some of them ten seconds."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _states(group: int) -> set[str]:
    """What each process of this group is doing: T is stopped, Z has ended."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, its = path.read_text().rpartition(")")[2].split()[:3]
            found |= {state} if int(its) == group else set()
    return found


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def wait(done: Callable[[], bool]) -> None:
    """Until this is so, or long enough for the test to fail."""
    end = time.monotonic() + START_S
    while not done() and time.monotonic() < end:
        time.sleep(0.02)


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _lines(settings: dict[str, object], *, between: str) -> str:
    return "".join(f"{name}{between}{value}\n" for name, value in settings.items())


@contextlib.contextmanager
def vsftpd(folder: Path) -> Iterator[Real]:
    """An FTP server for a few clients at a time, which has a certificate."""
    port, pem = probe_servers.closed_port(), probe_servers.certificate(folder)
    settings = {
        "listen": "YES",
        "listen_address": "127.0.0.1",
        "listen_port": port,
        "background": "NO",
        "run_as_launching_user": "YES",
        "anonymous_enable": "NO",
        "local_enable": "YES",
        "max_clients": CLIENTS,
        "ssl_enable": "YES",
        "rsa_cert_file": pem,
        "secure_chroot_dir": folder,
    }
    config = _written(folder / "vsftpd.conf", _lines(settings, between="="))
    with running([program("vsftpd", package="vsftpd"), str(config)], folder, port=port) as real:
        yield real


@contextlib.contextmanager
def dovecot(folder: Path) -> Iterator[tuple[Real, dict[str, int]]]:
    """Mailboxes by IMAP and POP3; answers the port of each."""
    ports = {"imap": probe_servers.closed_port(), "pop3": probe_servers.closed_port()}
    pem, run = probe_servers.certificate(folder), Path(f"/tmp/astreinte-dovecot-{ports['imap']}")  # noqa: S108 - sockets have short names
    modules = {"imap": "dovecot-imapd", "pop3": "dovecot-pop3d"}
    for kind, package in modules.items():
        program(f"{kind}-login", package=package) if not Path(f"/usr/lib/dovecot/{kind}-login").exists() else None
    user, group = ("nobody", "nogroup") if NOBODY else (USER_HERE, grp.getgrgid(os.getegid()).gr_name)
    services = "".join(
        f"service {kind}-login {{\nchroot =\ninet_listener {kind} {{\nport = {port}\n}}\n"
        f"inet_listener {kind}s {{\nport = 0\n}}\n}}\n"
        for kind, port in ports.items()
    )
    settings = {
        "base_dir": run,
        "state_dir": folder / "state",
        "log_path": folder / "log",
        "protocols": "imap pop3",
        "listen": "127.0.0.1",
        "default_internal_user": user,
        "default_internal_group": group,
        "default_login_user": user,
        "ssl": "yes",
        "ssl_cert": f"<{pem}",
        "ssl_key": f"<{pem}",
    }
    rest = (
        "service anvil {\nchroot =\n}\nservice stats {\nchroot =\n}\npassdb {\ndriver = static\nargs = password=x\n}\n"
    )
    config = _written(folder / "dovecot.conf", _lines(settings, between=" = ") + services + rest)
    argv = [program("dovecot", package="dovecot-imapd dovecot-pop3d"), "-F", "-c", str(config)]
    try:
        with running(argv, folder, port=ports["imap"]) as real:
            yield real, ports
    finally:
        shutil.rmtree(run, ignore_errors=True)


@contextlib.contextmanager
def sshd(folder: Path) -> Iterator[tuple[Real, str, str]]:
    """OpenSSH with SFTP; answers the fingerprint of its key, and the private key that opens it."""
    port, keys = probe_servers.closed_port(), [asyncssh.generate_private_key("ssh-ed25519") for _ in range(2)]
    keys[0].write_private_key(folder / "host_key")
    (folder / "host_key").chmod(0o600)
    keys[1].write_public_key(folder / "authorized_keys")
    settings = {
        "Port": port,
        "ListenAddress": "127.0.0.1",
        "HostKey": folder / "host_key",
        "PidFile": "none",
        "UsePAM": "yes",  # or else nobody, who has no password, is a locked account
        "StrictModes": "no",
        "PasswordAuthentication": "no",
        "AuthorizedKeysFile": folder / "authorized_keys",
        "Subsystem": "sftp internal-sftp",
    }
    config = _written(folder / "sshd_config", _lines(settings, between=" "))
    argv = [program("sshd", package="openssh-server"), "-D", "-e", "-f", str(config)]
    with running(argv, folder, port=port) as real:
        yield real, keys[0].get_fingerprint(), keys[1].export_private_key().decode()


@contextlib.contextmanager
def named(folder: Path) -> Iterator[Real]:
    """BIND, which knows example.test and nothing else."""
    port = probe_servers.closed_port()
    config = _written(
        folder / "named.conf",
        f'options {{ directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; pid-file none;'
        ' session-keyfile none; recursion no; dnssec-validation no; };\ncontrols { };\nzone "example.test" '
        '{ type primary; file "zone"; };\n',
    )
    records = [
        "@ IN SOA ns admin 2026112601 3600 600 86400 60",
        "@ IN NS ns",
        "ns IN A 127.0.0.1",
        "www IN A 192.0.2.10",
    ]
    long = [f"long IN TXT {'x' * 200}-{number}" for number in range(20)]
    _written(folder / "zone", "\n".join(["$TTL 60", *records, *long, ""]))
    argv = [program("named", package="bind9"), "-f", "-n", "1", "-c", str(config)]
    with running(argv, folder, port=port) as real:
        yield real


@contextlib.contextmanager
def mariadb(folder: Path) -> Iterator[Real]:
    """MariaDB, which lets one user in."""
    port, data = probe_servers.closed_port(), folder / "data"
    server = program("mariadbd", package="mariadb-server-core")
    (data / "mysql").mkdir(parents=True)
    tables = ["mysql_system_tables.sql", "mysql_system_tables_data.sql"]
    boot = _written(folder / "boot.sql", "use mysql;\n" + "".join((MYSQL / one).read_text() for one in tables))
    first = f"create user {USER}@'127.0.0.1' identified by '{PASSWORD}';\n"
    init = _written(folder / "init.sql", first)
    small = ["--innodb-log-file-size=4M", "--innodb-buffer-pool-size=8M", f"--lc-messages-dir={MYSQL}"]
    argv = [server, "--no-defaults", f"--datadir={data}", *small]
    _give(folder)
    with boot.open("rb") as said, (folder / "boot.log").open("wb") as log:
        subprocess.run(
            [*argv, "--bootstrap"], stdin=said, stdout=log, stderr=log, cwd=folder, timeout=60, check=False, **NOBODY
        )
    argv += [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/s", f"--init-file={init}"]
    with running(
        [*argv, "--skip-name-resolve", "--max-connections=10", "--max-connect-errors=3"], folder, port=port
    ) as real:
        yield real


@contextlib.contextmanager
def postgresql() -> Iterator[int]:
    """PostgreSQL on a port, which lets one user in with a password; its port."""
    port = probe_servers.closed_port()
    try:
        with servers.on_port(port, user=USER, password=PASSWORD):
            yield port
    except servers.NoServer as missing:
        pytest.skip(str(missing))


@contextlib.contextmanager
def smtp(folder: Path) -> Iterator[int]:
    """aiosmtpd, with STARTTLS; its port."""
    port, pem = probe_servers.closed_port(), probe_servers.certificate(folder)
    controller = Controller(Sink(), hostname="127.0.0.1", port=port, tls_context=probe_servers.tls_of(pem))
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def site(environ, start_response):
    """A site for granian, with one page that is out of order."""
    path = environ["PATH_INFO"]
    start_response("503 Busy" if path == "/busy" else "200 OK", [("Content-Type", "text/plain")])
    return [b"All is well"]


@contextlib.contextmanager
def granian(folder: Path) -> Iterator[Real]:
    """The web server of the product itself, over TLS, in HTTP/2 for whoever asks for it."""
    port, pem = probe_servers.closed_port(), probe_servers.certificate(folder)
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    argv += ["--http", "auto", "--ssl-certificate", str(pem), "--ssl-keyfile", str(pem)]
    argv += ["--working-dir", str(Path(__file__).parent.parent), "tests.real_servers:site"]
    with running(argv, folder, port=port, as_us=True) as real:
        yield real
