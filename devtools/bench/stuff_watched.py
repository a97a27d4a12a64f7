"""What the measures of watching need from the database itself: checks, sources, servers, and what became of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Max


def servers(count: int, *, first: int = 0) -> list[Any]:
    """So many servers of the bench, of a customer with an urgent plan."""
    from astreinte.core import configuration
    from astreinte.customers.models import Server

    urgent = Server.objects.filter(plan__urgent=True).exclude(name__startswith="bench")
    known = urgent.select_related("customer", "plan").earliest("pk")
    found = []
    for number in range(first, first + count):
        more = {"customer": known.customer, "plan": known.plan, "addresses": []}
        found.append(Server.objects.get_or_create(name=f"bench{number}.example", defaults=more)[0])
    configuration.changed()
    return found


def watch(
    *, kind: str, parameters: dict[str, Any], count: int, interval_s: int, own: int | None = None
) -> dict[str, int]:
    """So many checks alike, their looks spread over the interval; `own`: on this server of the bench, down at the first failure."""
    from astreinte.core import clock
    from astreinte.customers.models import ManagedService
    from astreinte.monitoring.models import Check

    (server,) = servers(1, first=1000 + (own or 0))
    position = ManagedService.objects.filter(server=server).aggregate(last=Max("position"))["last"] or 0
    services = ManagedService.objects.bulk_create(
        ManagedService(server=server, position=position + n, type=kind, parameters=parameters)
        for n in range(1, count + 1)
    )
    at, believed = clock.now(), 3 if own is None else 1
    where = f"{parameters.get('host', '')}:{parameters.get('port', '')}"
    checks = Check.objects.bulk_create(
        Check(
            server=server, service=service, kind=kind, where=where, interval_s=interval_s, down_after=believed,
            up_after=1, due_at=at + timedelta(seconds=interval_s * n / count),
        )
        for n, service in enumerate(services)
    )  # fmt: skip
    return {"count": len(checks)}


def unwatch(*, over: bool = False) -> dict[str, int]:
    """Look at none of them any more; `over`: what they said is over, too."""
    from astreinte.core import clock
    from astreinte.core.transactions import all_or_nothing
    from astreinte.flows import recover
    from astreinte.monitoring.models import Check

    gone = _watched().update(due_at=None)
    for check in Check.objects.filter(server__name__startswith="bench", state="down") if over else ():
        all_or_nothing(recover.check)(check, at=clock.now())
        Check.objects.filter(pk=check.pk).update(state="up")
    return {"count": gone}


def _watched() -> Any:
    from astreinte.monitoring.models import Check

    return Check.objects.filter(server__name__startswith="bench", due_at__isnull=False)


def results() -> dict[str, Any]:
    """How many looks were made at what is watched now, and whether any failed."""
    from astreinte.monitoring.models import Result

    keys = list(_watched().values_list("pk", flat=True))
    made = Result.objects.filter(of_check__in=keys)
    failed = made.filter(up=False).first()
    return {"count": made.count(), "down": made.filter(up=False).count(), "saw": failed.saw if failed else ""}


def lags() -> dict[str, list[float]]:
    """How late the last look at each began, in milliseconds: it was due one interval before the next one is."""
    found = []
    for check in _watched().filter(looked_at__isnull=False):
        due_at = check.due_at - timedelta(seconds=check.interval_s)
        began = check.looked_at - timedelta(milliseconds=check.took_ms or 0)
        if began > due_at - timedelta(seconds=check.interval_s / 2):  # the look of this turn, and not of the one before
            found.append((began - due_at).total_seconds() * 1000)
    return {"ms": found}


def turned() -> dict[str, float]:
    """When the look ended that made the newest incident, on the clock that only goes forward: one for all the processes of a machine."""
    import time

    from astreinte.core import clock
    from astreinte.monitoring.models import Incident

    newest = Incident.objects.filter(of_check__server__name__startswith="bench").order_by("-pk").first()
    if newest is None or newest.started_at is None:
        return {"at": 0.0}
    return {"at": time.monotonic() - (clock.now() - newest.started_at).total_seconds()}


def listen(*, key: str, count: int) -> dict[str, int]:
    """A source of this key, and servers of whom it will speak."""
    from astreinte.core import clock, digests
    from astreinte.monitoring.models import AlertSource

    AlertSource.objects.get_or_create(
        name=key, defaults={"kind": "alertmanager", "key_sha256": digests.sha256(key), "since": clock.now()}
    )
    return {"servers": len(servers(count))}


def prometheus(*, url: str) -> dict[str, str]:
    """The provider's Prometheus is here from now on; empty: it has none."""
    from astreinte.accounts.models import Provider
    from astreinte.core import configuration

    provider = Provider.objects.get()
    said = {**provider.settings.get("monitoring", {})}
    said.pop("prometheus", None)
    provider.settings = {**provider.settings, "monitoring": {**said, **({"prometheus": {"url": url}} if url else {})}}
    provider.save(update_fields=["settings"])
    configuration.changed()
    return {"url": url}


def heard() -> dict[str, int]:
    """How many alerts are kept, and how many pages there ever were."""
    from astreinte.monitoring.models import Alert
    from astreinte.paging.models import Page

    return {"alerts": Alert.objects.count(), "pages": Page.objects.count()}


KNOWN: dict[str, Callable[..., Any]] = {
    one.__name__: one for one in (watch, unwatch, results, lags, turned, listen, prometheus, heard)
}
