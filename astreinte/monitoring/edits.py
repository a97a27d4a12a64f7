"""What is watched, brought to what the provider file says: each managed service has its check, each door for programs its source."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from astreinte.core import digests
from astreinte.core.changes import Change, changed, put, removed
from astreinte.customers.models import ManagedService, Server
from astreinte.monitoring import expected
from astreinte.monitoring.models import AlertSource, Check, Sight, Site
from astreinte.monitoring.rules import copies
from astreinte.monitoring.rules.agreement import SILENT_AFTER
from astreinte.monitoring.states import SourceKind
from astreinte.monitoring.vantage import MAIN

# What people call a service by: the first of these that it has.
WHERE = ("url", "panel_url", "host", "name", "path")
LONGEST = 300


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often a check looks (seconds), and how many results in a row are believed."""

    interval_s: int
    down_after: int
    up_after: int


def checks(paces: Mapping[str, Sequence[Pace]], *, kinds: Collection[str], at: datetime) -> list[Change]:
    """Every service of an active server has its check, at its pace (by server, in the order of its services).

    `kinds` are those a probe knows. What is not watched any more stays for its history.
    """
    known = {check.service_id: check for check in Check.objects.filter(service__isnull=False)}
    found: list[Change] = []
    kept = []
    services = ManagedService.objects.filter(server__is_active=True, type__in=list(kinds)).select_related("server")
    for number, service in enumerate(services.order_by("server__name", "position")):
        pace = paces[service.server.name][service.position]
        check, changes = _put(known.get(service.pk), service, pace)
        found += changes
        kept.append(check.pk)
        if not check.is_watched:
            _begin(check, at=at, number=number)
    leaving = Check.objects.filter(due_at__isnull=False).exclude(pk__in=kept)
    found += [removed(f"check of {check.server}: {check}") for check in leaving.select_related("server")]
    leaving.update(due_at=None)
    return found


def _put(known: Check | None, service: ManagedService, pace: Pace) -> tuple[Check, list[Change]]:
    fields = {"server": service.server, "service": service, "kind": service.type, "where": _where(service)}
    return put(known, Check, f"check of {service.server}: {service.type}", fields={**fields, **asdict(pace)})


def _where(service: ManagedService) -> str:
    said = service.parameters
    name, first = next(((name, str(said[name])) for name in WHERE if said.get(name)), ("", ""))
    if name.endswith("url"):
        return _without_secrets(first)[:LONGEST]
    return (f"{first}:{said['port']}" if "port" in said else first)[:LONGEST]


def _without_secrets(url: str) -> str:
    """The address as anybody may read it: a password or a key may stand before its @ or after its question mark."""
    try:
        parts = urlsplit(url)
        host = f"{parts.hostname or ''}:{parts.port}" if parts.port else parts.hostname or ""
    except ValueError:
        return url.partition(":")[0]
    return f"{parts.scheme}://{host}{parts.path}{'?…' if parts.query else ''}"


def _begin(check: Check, *, at: datetime, number: int) -> None:
    """The first looks are spread over one interval: thousands of checks never leave together."""
    first = at + timedelta(seconds=(number * 0.618) % 1 * min(check.interval_s, 60))
    Check.objects.filter(pk=check.pk).update(due_at=first)


def look_now(check: Check, *, at: datetime) -> None:
    """A person asks: the prober looks at its next turn, a second away. One that is not watched any more stays so."""
    Check.objects.filter(pk=check.pk, due_at__gt=at).update(due_at=at)


# -- sources -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SourceWish:
    """A program that speaks to us: its key, whose alerts they are, and for a heartbeat when it is expected."""

    name: str
    type: str
    key: str
    server: str = ""
    every_s: int | None = None
    cron: str = ""
    grace_s: int = 0
    proves: str = ""
    listing: bool = False
    younger_than_s: int = int(copies.YOUNGER_THAN.total_seconds())
    pattern: str = "*"


def sources(wanted: Sequence[SourceWish], *, zone: str, at: datetime) -> list[Change]:
    """These sources and no others; those that left are kept for their history, and their keys open nothing any more.

    A heartbeat that is new or expected otherwise counts from now on, in the time of `zone`.
    """
    active = AlertSource.objects.filter(is_active=True).exclude(kind=SourceKind.SITE)
    leaving = active.exclude(name__in=[wish.name for wish in wanted])
    found = [removed(f"source {one}") for one in leaving.order_by("name")]
    leaving.update(is_active=False, due_at=None)
    known = {one.name: one for one in AlertSource.objects.select_related("server")}
    _free_keys(wanted, known)
    servers = {one.name: one for one in Server.objects.filter(name__in=[wish.server for wish in wanted])}
    for wish in wanted:
        found += _source(known.get(wish.name), wish, server=servers.get(wish.server), zone=zone, at=at)
    return found


def _free_keys(wanted: Sequence["SourceWish | SiteWish"], known: Mapping[str, AlertSource]) -> None:
    """Keys may change places between sources, or sites: those that change are given back first."""
    for wish in wanted:
        one = known.get(wish.name)
        if one and one.key_sha256 != digests.sha256(wish.key):
            AlertSource.objects.filter(pk=one.pk).update(key_sha256=f"changes/{one.pk}")


def _source(
    known: AlertSource | None, wish: SourceWish, *, server: Server | None, zone: str, at: datetime
) -> list[Change]:
    schedule: dict[str, Any] = {"every_s": wish.every_s, "cron": wish.cron, "grace_s": wish.grace_s}
    fields = {
        "kind": wish.type,
        "key_sha256": digests.sha256(wish.key),
        "server": server,
        **schedule,
        "proves": wish.proves,
        "younger_than_s": wish.younger_than_s if wish.listing else None,
        "pattern": wish.pattern if wish.listing else "",
        "is_active": True,
    }
    first = {"name": wish.name, "since": at}
    one, changes = put(known, AlertSource, f"source {wish.name}", fields=fields, first=first, hidden=["key_sha256"])
    if changes:
        due_at = expected.due(last=at, zone=zone, newest_at=at, younger_than_s=fields["younger_than_s"], **schedule)
        AlertSource.objects.filter(pk=one.pk).update(due_at=due_at)
    return changes


# -- sites ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SiteWish:
    """A prober on another machine: its key, and the servers it looks at (none: all)."""

    name: str
    key: str
    servers: Collection[str] = ()


def sites(wanted: Sequence[SiteWish], *, at: datetime) -> list[Change]:
    """These places to look from beside the desk's own, and no others. A new one has its time to be heard.

    What is seen from one that left counts no more; its results stay.
    """
    known = {site.name: site for site in Site.objects.select_related("source").exclude(name=MAIN)}
    gone = [site for name, site in known.items() if site.source.is_active and name not in {one.name for one in wanted}]
    found = [removed(f"site {site}") for site in gone]
    for site in gone:
        _leave(site)
    _free_keys(wanted, {name: site.source for name, site in known.items()})
    for wish in wanted:
        found += _site(known.get(wish.name), wish, at=at)
    if not wanted:
        Sight.objects.all().delete()  # one place alone: the check itself is what it believes
    return found


def _leave(site: Site) -> None:
    AlertSource.objects.filter(pk=site.source_id).update(is_active=False, due_at=None)
    Sight.objects.filter(site=site).delete()


def _site(known: Site | None, wish: SiteWish, *, at: datetime) -> list[Change]:
    what = f"site {wish.name}"
    fields = {"kind": SourceKind.SITE, "key_sha256": digests.sha256(wish.key), "is_active": True}
    first = {"name": what, "since": at}
    source, changes = put(
        known.source if known else None, AlertSource, what, fields=fields, first=first, hidden=["key_sha256"]
    )
    if changes:
        AlertSource.objects.filter(pk=source.pk).update(due_at=at + SILENT_AFTER)
    site = known or Site.objects.create(name=wish.name, source=source)
    chosen = set(site.servers.values_list("name", flat=True))
    if chosen != set(wish.servers):
        site.servers.set(Server.objects.filter(name__in=wish.servers))
        changes += [changed(f"{what}: servers", sorted(chosen), sorted(wish.servers))] if known else []
    return changes
