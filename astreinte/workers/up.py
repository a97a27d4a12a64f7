"""Everything in one tree of processes: what `make up` starts, says and stops."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from astreinte.core import clock
from astreinte.workers import web
from astreinte.workers.bell import Bell
from astreinte.workers.forked import Forked, die_with_parent
from astreinte.workers.ports import Ports, is_free
from astreinte.workers.tree import Child, Tree

READY_WITHIN_S = 60.0
_M_ARENA_MAX = -8  # malloc.h of glibc
# Where the demonstration's telephones, and the services of its server, listen when nothing else does.
TELEPHONE_PORTS = {"pocket": 9900, "hooks": 9901, "smtp": 9925}
SERVICE_PORTS = {"http": 9080, "ssh": 9022, "ftp": 9021, "imap": 9143}
# Those of the three servers that are broken from the start.
TROUBLE_PORTS = {"ours_http": 9081, "disk_http": 9082, "me_http": 9083, "me_ftp": 9023}
ROLES = {
    "client": "customer",
    "engineer": "engineer",
    "manager": "support manager",
    "billing": "billing clerk",
    "admin": "administrator",
}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What was asked for."""

    host: str
    port: int
    data: Path
    config: Path | None
    breaks_every_s: float

    @property
    def address(self) -> str:
        """Where this machine finds it."""
        return f"http://{'127.0.0.1' if self.host in {'0.0.0.0', '::'} else self.host}:{self.port}"  # noqa: S104


def run(
    *,
    port: int = 8000,
    data: str | Path = "var",
    config: str | Path | None = None,
    host: str = "127.0.0.1",
    breaks_every_s: float = 300,
) -> int:
    """Start everything and keep it running until Ctrl-C or SIGTERM. The exit code: 1 when it cannot start.

    The web server of the demonstration stops for a minute every `breaks_every_s`; 0: never.
    """
    desk = Desk(
        host=host,
        port=port,
        data=Path(data).resolve(),
        config=Path(config).resolve() if config else None,
        breaks_every_s=breaks_every_s,
    )
    if not is_free(host, port):
        return _refuse(f"Port {port} is in use: stop what listens there, or choose another one with --port.")
    if desk.config and not desk.config.is_file():
        return _refuse(f"{desk.config}: there is no such file.")
    bell = Bell()
    bell.stops_on_signals()
    signal.signal(signal.SIGCHLD, lambda *_: None)  # a child that ends rings the bell
    with Ports() as reserved:
        ports = reserved.choose(TELEPHONE_PORTS | SERVICE_PORTS | TROUBLE_PORTS)
        environment = _environment(desk)
        found = _first_run(desk, ports=ports, environment=environment, bell=bell)
        if found is None or bell.stopping:
            return 0 if bell.stopping else 1
        return _keep(desk, found, ports=ports, environment=environment, bell=bell)


def _keep(desk: Desk, found: dict[str, Any], *, ports: dict[str, int], environment: dict[str, str], bell: Bell) -> int:
    if found["demonstration"]:
        environment |= {"ASTREINTE_DEMO": "1", "ASTREINTE_POCKET_URL": f"http://127.0.0.1:{ports['pocket']}"}
        environment.setdefault("ASTREINTE_PROBE_ALLOW_PRIVATE", "1")
    _read_once(environment)
    tree = Tree(_children(desk, found, ports=ports, environment=environment), bell=bell)
    try:
        tree.look()
        if _wait_until_ready(desk, tree, beside=[ports["pocket"]] if found["demonstration"] else []):
            _say(_welcome(desk, found, ports=ports))
        tree.run()
    finally:
        tree.stop()
        _say("Stopped.")
    return 0


def _environment(desk: Desk) -> dict[str, str]:
    environment = {**os.environ, "ASTREINTE_DATA": str(desk.data), "PYTHONUNBUFFERED": "1"}
    environment.setdefault("ASTREINTE_BASE_URL", desk.address)
    environment.setdefault("DJANGO_SETTINGS_MODULE", "astreinte.config.settings")
    if sys.dont_write_bytecode and not sys.pycache_prefix:
        # three programs would each compile all of the code: once is enough, away from the sources
        environment |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(desk.data / "bytecode")}
        sys.dont_write_bytecode, sys.pycache_prefix = False, environment["PYTHONPYCACHEPREFIX"]
    return environment


def _first_run(desk: Desk, *, ports: dict[str, int], environment: dict[str, str], bell: Bell) -> dict[str, Any] | None:
    """Migrate and load, in a process that ends: its connections must cross no fork. None when it refused; it has said why."""
    asked = json.dumps({"config": str(desk.config) if desk.config else None, "ports": ports})
    argv = [sys.executable, "-m", "astreinte.workers.first_run"]
    process = _spawned(argv, environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    said, _ = process.communicate(asked.encode())
    if bell.stopping or process.returncode:
        return None
    return dict(json.loads(said))


def _read_once(environment: dict[str, str]) -> None:
    """Read the settings and the code before the processes fork."""
    os.environ |= environment
    # two arenas are enough for us, and keep a process of many threads from growing
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
    web.read_once()


def _children(desk: Desk, found: dict[str, Any], *, ports: dict[str, int], environment: dict[str, str]) -> list[Child]:
    from astreinte.workers import auditor, crew, prober

    jobs: dict[str, Callable[[], object]] = {
        "web": partial(web.run, desk.host, desk.port),
        "pager": crew.run,
        "prober": prober.run,
        "auditor": auditor.run,
    }
    children = [Child(name, partial(Forked, name, job)) for name, job in jobs.items()]
    if found["demonstration"]:
        children.insert(0, Child("pocket", partial(_spawned, _pocket(desk, found, ports=ports), environment)))
    return children


def _spawned(
    argv: Sequence[str], environment: dict[str, str], *, stdin: int = subprocess.DEVNULL, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        argv,
        env=environment,
        stdin=stdin,
        stdout=stdout,
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - this process has one thread
    )


def _pocket(desk: Desk, found: dict[str, Any], *, ports: dict[str, int]) -> list[str]:
    names = desk.data / "pocket.json"
    names.write_text(json.dumps(found["names"]), encoding="utf-8")
    access = desk.data / "panel.json"
    access.touch(mode=0o600)  # it holds a token
    access.write_text(json.dumps(found["panel"]), encoding="utf-8")
    options = {
        "port": ports["pocket"],
        "smtp-port": ports["smtp"],
        "hooks-port": ports["hooks"],
        "app-url": desk.address,
        "account": found["account"],
        "token": found["token"],
        "names": names,
        "access": access,
        "break-every": desk.breaks_every_s,
        **{f"{name.replace('_', '-')}-port": ports[name] for name in SERVICE_PORTS | TROUBLE_PORTS},
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return [sys.executable, "-m", "devtools.pocket", *words]


def _wait_until_ready(desk: Desk, tree: Tree, *, beside: Sequence[int]) -> bool:
    """The pages, and what listens `beside` them on these ports."""
    end = clock.monotonic() + READY_WITHIN_S
    while clock.monotonic() < end and not tree.bell.stopping:
        if is_ready(desk.address) and not any(is_free("127.0.0.1", port) for port in beside):
            return True
        tree.look()
        tree.bell.wait(0.1)
    if not tree.bell.stopping:
        _say(f"Not ready after {READY_WITHIN_S:g} s: {desk.address}/readyz says why. Still trying.")
    return False


def is_ready(address: str) -> bool:
    """Whether /readyz says yes."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    with suppress(OSError), socket.create_connection((host, int(port)), timeout=2) as asking:
        asking.sendall(f"GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return asking.recv(64).startswith(b"HTTP/1.1 200")
    return False


def _welcome(desk: Desk, found: dict[str, Any], *, ports: dict[str, int]) -> str:
    lines = ["", f"Astreinte: {desk.address}", f"Status page, for everybody: {desk.address}/status/"]
    if found["journal"]:
        safe = "" if found["journal"] == "WAL" else " (this SQLite has the WAL-reset bug: a slower and safe journal)"
        lines.append(f"Database: SQLite in {desk.data}, journal {found['journal']}{safe}")
    if found["demonstration"]:
        lines.append(f"Telephones of the demonstration: http://127.0.0.1:{ports['pocket']}/dev/phones")
        lines.append(f"Logins, all with the password {found['password']}:")
        lines += [f"  {ROLES[role]:16} {email}" for role, email in found["logins"]]
        lines.append(f"Three of its servers are broken, see the telephones: sign in as {found['panel']['login']}")
        lines.append(
            "The demonstration may contact the private addresses it registered (ASTREINTE_PROBE_ALLOW_PRIVATE=1)."
        )
    lines.append("Ctrl-C stops everything.")
    return "\n".join(lines)


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
