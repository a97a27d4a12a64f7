"""Which names are registered: those of the sites and domains of managed services, and no other. Reads only."""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet

from astreinte.accounts import queries as accounts
from astreinte.core.configuration import remembered
from astreinte.customers.models import Server
from astreinte.monitoring import queries
from astreinte.monitoring.lookups import Settings
from astreinte.monitoring.models import Check

# A server with more sites than that is looked up for the first of them.
MOST = 20
LONGEST = 253
HTTPS = 443


@dataclass(frozen=True, kw_only=True)
class Target:
    """A server, and what was asked about on it: one of its names, or its own."""

    server: Server
    name: str


def section(name: str) -> Mapping[str, Any]:
    """A section of the provider file, as it is kept."""
    provider = accounts.provider()
    found: Mapping[str, Any] = (provider.settings.get(name) or {}) if provider else {}
    return found


@remembered
def settings() -> Settings:
    """Whom the provider lets us ask."""
    return Settings.read(section("look_ups"))


def of(server: Server) -> list[str]:
    """The names of the sites and domains of the managed services of this server, in order."""
    checks = queries.checks_of([server]).select_related("service")
    return sorted({name for check in checks for name in names(check)})[:MOST]


def look_ups(server: Server) -> list[tuple[str, str]]:
    """What is asked about this server, as (kind, name); nothing of those the provider has not named."""
    ours, checks = settings(), list(queries.checks_of([server]).select_related("service"))
    named = sorted({name for check in checks for name in names(check)})[:MOST]
    secure = {name for check in checks if _is_secure(check) for name in names(check)}
    found = [("dns", name) for name in named if ours.resolvers]
    found += [("tls", name) for name in named if name in secure]
    return found + [("rdap", name) for name in named if ours.rdap]


def network(address: str | None) -> list[tuple[str, str]]:
    """The look-up of whose network this is, where the provider named whom to ask; private networks are nobody's business."""
    ours = settings()
    asked = bool(ours.resolvers and ours.networks and address)
    return [("asn", address)] if asked and address and ipaddress.ip_address(address).is_global else []


def names(check: Check) -> Iterator[str]:
    """The names that a check is about; an address is no name."""
    said = check.service.parameters if check.service else {}
    if check.kind == "http":
        yield from _named(urlsplit(str(said.get("url", ""))).hostname)
    elif check.kind == "tls":
        yield from _named(said.get("server_name") or said.get("host"))
    elif check.kind == "dns":
        yield from _named(said.get("name"))


def _is_secure(check: Check) -> bool:
    said = check.service.parameters if check.service else {}
    if check.kind == "tls":
        return int(said.get("port") or HTTPS) == HTTPS
    parts = urlsplit(str(said.get("url", "")))
    return check.kind == "http" and parts.scheme == "https" and (parts.port or HTTPS) == HTTPS


def _named(value: Any) -> Iterator[str]:
    name = str(value or "").strip().lower().rstrip(".")
    if "." not in name or len(name) > LONGEST:
        return
    try:
        ipaddress.ip_address(name)
    except ValueError:
        yield name


def typed(text: str) -> str:
    """The name in what somebody typed or pasted: `https://Www.Example.org/page` is `www.example.org`."""
    said = text.replace("\x00", "").strip().lower()
    try:
        host = urlsplit(said if "://" in said else f"//{said}").hostname or ""
    except ValueError:
        return ""
    return host.rstrip(".")[:LONGEST]


def find(name: str, *, among: QuerySet[Server], servers_too: bool = True) -> Target | None:
    """The registered name, or the server, that is called this; None when there is none of these servers."""
    server = among.filter(name=name).first() if servers_too and name else None
    if server is not None:
        return Target(server=server, name=name)
    near = Q(where__icontains=name) | Q(kind__in=("dns", "tls"))
    asked = Check.objects.filter(due_at__isnull=False, service__isnull=False, server__in=among.order_by().values("pk"))
    for check in asked.filter(near).select_related("service", "server__customer", "server__plan").order_by("pk"):
        if name in set(names(check)):
            return Target(server=check.server, name=name)
    return None


def on(servers: Iterable[Server]) -> list[str]:
    """What one may ask about on these servers: their sites, then their own names."""
    listed = list(servers)
    checks = queries.checks_of(listed).select_related("service")
    sites = {name for check in checks for name in names(check)}
    return [*sorted(sites), *(server.name for server in listed if server.name not in sites)]
