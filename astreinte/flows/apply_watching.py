"""What the provider file says of watching: checks at their pace, sources, the places that are looked from, planned maintenance."""

from datetime import datetime, timedelta
from typing import Any

from astreinte.core.actors import Actor
from astreinte.core.changes import Change
from astreinte.flows import hear, look_from, maintain_by_file, recover
from astreinte.monitoring import actions, sources
from astreinte.monitoring import edits as monitoring
from astreinte.monitoring.edits import Pace, SiteWish, SourceWish
from astreinte.monitoring.probes.base import KINDS
from astreinte.provider_file import ProviderFile


def apply(file: ProviderFile, *, by: Actor, at: datetime) -> list[Change]:
    """Bring it to what the file says, in the transaction of the whole; answers the differences there were."""
    changes = monitoring.checks(_paces(file), kinds=KINDS, at=at)
    changes += monitoring.sources(_sources(file), zone=file.provider.time_zone, at=at)
    changes += monitoring.sites(_sites(file), at=at)
    _left(by=by, at=at)
    return changes + maintain_by_file.apply(file, by=by, at=at)


def _left(*, by: Actor, at: datetime) -> None:
    """What is not in the file any more is not expected to be heard: that it was silent, had failed or was blind is over, and says why."""
    gone = sources.own_words_of_the_gone([hear.HEARTBEAT, sources.SILENCE, look_from.BLIND])
    actions.silence(gone, at=at)
    for alert in gone:
        if alert.incident:
            actions.let_source_go(alert.incident, alert.source, by=by, at=at)
    recover.alerts(gone, at=at)


def _paces(file: ProviderFile) -> dict[str, list[Pace]]:
    servers = [server for customer in file.customers for server in customer.servers]
    return {one.name: [Pace(**file.monitoring.pace_of(service)) for service in one.services] for one in servers}


def _sources(file: ProviderFile) -> list[SourceWish]:
    return [SourceWish(name=name, **plain(door)) for name, door in file.inbound.items()]


def _sites(file: ProviderFile) -> list[SiteWish]:
    return [SiteWish(name=name, **site.model_dump()) for name, site in file.monitoring.sites.items()]


def of_monitoring(file: ProviderFile) -> dict[str, Any]:
    """What is said of watching as a whole, as JSON."""
    prometheus = file.monitoring.prometheus
    return {**plain(file.monitoring), **({"prometheus": prometheus.plain} if prometheus else {})}


def plain(section: Any) -> dict[str, Any]:
    """A section as JSON: durations become whole seconds, under a name that ends in `_s`. What has keys or secrets stays out."""
    said = section.model_dump(by_alias=True, exclude={"sites", "lift_ban", "prometheus"})
    kept = {key: value for key, value in said.items() if value not in (None, ())}
    return {f"{key}_s" if isinstance(value, timedelta) else key: _simple(value) for key, value in kept.items()}


def _simple(value: Any) -> Any:
    return (
        int(value.total_seconds())
        if isinstance(value, timedelta)
        else list(value)
        if isinstance(value, tuple)
        else value
    )
