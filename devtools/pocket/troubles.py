"""Three servers that are broken from the start, and one switch each: ours, the customer's disk, and one that is only me.

What the customer sees of them is real: their pages and their FTP answer, or do not, on ports of this machine. What only the provider's
own systems see (a service that does not listen, a full disk, a banned address) is in `facts`, which `panel.py` pushes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from devtools.pocket import manners
from devtools.pocket.manners import Manners, State
from devtools.pocket.services import Service

# A page of the provider's beside the customer's site, by the same web server (`witness: true`).
WITNESS = "/_temoin"
WEEK_S = 7 * 24 * 3600
Facts = list[dict[str, Any]]


def _said(kind: str, value: Any, *, subject: str = "", detail: str = "") -> dict[str, Any]:
    return {"kind": kind, "value": value, "subject": subject, "detail": detail}


def _php(is_broken: bool) -> Facts:
    """Stopped by itself, on our side."""
    return [
        _said("service.state", "running", subject="http"),
        _said("service.state", "failed" if is_broken else "running", subject="php"),
        _said("service.failure_cause", "software-bug" if is_broken else "unknown", subject="php"),
        _said("disk.used_percent", 41, subject="/"),
    ]


def _disk(is_broken: bool) -> Facts:
    """Full of the customer's files, who was told; its database stopped for that."""
    return [
        _said("service.state", "running", subject="http"),
        _said("service.state", "failed" if is_broken else "running", subject="mysql"),
        _said("service.failure_cause", "disk-full" if is_broken else "unknown", subject="mysql"),
        _said("disk.used_percent", 100 if is_broken else 62, subject="/", detail="/home/photos: 187 GB"),
        _said("resource.top_owner", "customer", subject="disk"),
        _said("notice.age", WEEK_S, subject="disk", detail="90 %, 95 %, 98 %"),
    ]


def _ban(is_broken: bool) -> Facts:
    """One address is kept out after failed log-ins, everybody else gets in."""
    return [
        _said("service.state", "running", subject="http"),
        _said("service.state", "running", subject="ftp"),
        _said("firewall.ban", "login-failures" if is_broken else "none", detail="203.0.113.27, 5 × FTP"),
        _said("disk.used_percent", 35, subject="/"),
    ]


@dataclass(kw_only=True)
class Trouble:
    """A server, its services, and what is wrong with it until somebody mends it."""

    name: str
    server: str
    title: str
    kinds: tuple[str, ...]
    says: Callable[[bool], Facts]
    # what visitors get of the site while it is broken
    failure: str = "200 OK"
    is_broken: bool = True
    services: list[Service] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        """What the provider's own systems see of it now."""
        return self.says(self.is_broken)

    def how(self, kind: str, _state: State) -> Manners:
        """How one of its services behaves towards a connection that is made now."""
        if kind == "http":
            return Manners(reply=self._page, ends=b"\r\n\r\n")
        return Manners(greeting=f"220 {self.server} FTP server ready.\r\n".encode(), reply=manners.ftp)

    def _page(self, request: bytes) -> manners.Said:
        is_well = not self.is_broken or request.split(b" ", 2)[1:2] == [WITNESS.encode()]
        status = "200 OK" if is_well else self.failure
        return manners.page(status, "Bonjour." if status == "200 OK" else status, title=self.title)(request)


def all_three() -> list[Trouble]:
    """As the demonstration begins."""
    return [
        Trouble(
            name="ours",
            server="boutique.lumiere.example",
            title="La boutique",
            kinds=("http",),
            says=_php,
            failure="502 Bad Gateway",
        ),
        Trouble(
            name="disk",
            server="photos.lumiere.example",
            title="Les photos",
            kinds=("http",),
            says=_disk,
            failure="500 Internal Server Error",
        ),
        Trouble(name="me", server="atelier.lumiere.example", title="L'atelier", kinds=("http", "ftp"), says=_ban),
    ]


# As the provider file of the demonstration names them.
PORTS = {f"{one.name}_{kind}": 0 for one in all_three() for kind in one.kinds}


class Troubles:
    """The three of them; none of their ports is open when no port was given."""

    def __init__(self, ports: Mapping[str, int], *, host: str) -> None:
        self._ports = ports
        self._host = host
        # told when one is mended or broken
        self.changed: list[Callable[[], None]] = []
        self._known = {one.name: one for one in all_three()} if ports else {}

    def __iter__(self) -> Iterator[Trouble]:
        return iter(self._known.values())

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def open(self) -> None:
        """Every service answers, well or badly."""
        for one in self:
            for kind in one.kinds:
                service = Service(kind, host=self._host, port=self._ports[f"{one.name}_{kind}"], how=one.how)
                one.services.append(service)
                service.become(State.WELL)

    async def close(self) -> None:
        for one in self:
            for service in one.services:
                await service.close()

    def turn(self, name: str, *, is_broken: bool) -> None:
        """A person mends it, or breaks it again."""
        self._known[name].is_broken = is_broken
        for tell in self.changed:
            tell()


TROUBLES: web.AppKey[Troubles] = web.AppKey("troubles", Troubles)
