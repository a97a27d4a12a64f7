"""The files of a Prometheus that watches what we watch and tells us: scrapes, modules, rules, the way back. Pure.

An alert carries the public id of its check (`check_id`): it is then the same incident as what our own prober finds.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from astreinte.core import digests
from astreinte.monitoring import blackbox
from astreinte.monitoring.alertmanager import CHECK, WATCHDOG
from astreinte.monitoring.blackbox import CannotBeMade, Made
from astreinte.monitoring.probes.base import DEADLINE_S

# Rules are looked at this often (seconds): a failure waits no longer for its alert.
LOOKS_S = 5
# Alerts of one webhook: 1 MiB of them is refused, and half a KiB is an alert with long labels.
MOST_ALERTS = 500
# A certificate that ends within these days is a warning, which rings nobody.
WARN_DAYS = 14
DAY_S = 86400
# How often a source without `every` hears its Watchdog (seconds).
EVERY_S = 300
SECRETS = "secrets"
DOWN, EXPIRES, BLIND = "AstreinteCheckDown", "AstreinteCertificateExpires", "AstreinteProbesBlind"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One check of the installation, as it is to be watched: seconds, results in a row, and parameters as the probe takes them."""

    check: str
    server: str
    kind: str
    where: str
    interval_s: int
    down_after: int
    up_after: int
    parameters: Mapping[str, Any] = field(repr=False)

    @property
    def pace(self) -> str:
        return f"{self.interval_s}s/{self.down_after}/{self.up_after}"


@dataclass(frozen=True, kw_only=True)
class Around:
    """What stands around it: the addresses of the exporter and of Alertmanager, and ours, with its key."""

    blackbox: str
    alertmanager: str
    webhook: str = field(repr=False)
    every_s: int | None = None
    # scrapes of the provider's own exporters: see exporters.py
    exporters: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True, kw_only=True)
class Written:
    """Each file by its name, as text that may hold secrets; the checks left out, and what differs of the others, with why."""

    files: Mapping[str, str] = field(repr=False)
    checks: int
    left_out: Sequence[tuple[Watched, str]]
    noted: Sequence[tuple[Watched, str]]


def written(checks: Iterable[Watched], around: Around, *, folder: str) -> Written:
    """The whole configuration, for this folder; the same checks give the same bytes."""
    made, left_out = _made(checks, folder)
    modules = {_name(one, how): how.module for one, how in made}
    files = {
        "prometheus.yml": _yaml(_prometheus(made, around)),
        "blackbox.yml": _yaml({"modules": dict(sorted(modules.items()))}),
        "rules.yml": _yaml({"groups": _groups(made)}),
        "alertmanager.yml": _yaml(_alertmanager(around)),
        **{_secret_file(one): how.secret for one, how in made if how.secret},
    }
    noted = [(one, how.note) for one, how in made if how.note]
    return Written(files=files, checks=len(made), left_out=left_out, noted=noted)


def _made(checks: Iterable[Watched], folder: str) -> tuple[list[tuple[Watched, Made]], list[tuple[Watched, str]]]:
    found, left_out = [], []
    for one in checks:
        try:
            secret_file = f"{folder}/{_secret_file(one)}"  # the exporter reads it from wherever it was started
            found.append((one, blackbox.made(one.kind, one.parameters, secret_file=secret_file)))
        except CannotBeMade as why:
            left_out.append((one, str(why)))
    return found, left_out


def _secret_file(one: Watched) -> str:
    return f"{SECRETS}/{one.check}"


def _name(one: Watched, how: Made) -> str:
    """Checks that are made alike share a module. One that holds a secret is named by its check: no digest of a secret is shown."""
    if how.own:
        return f"{one.kind}_{one.check[:8]}"
    return f"{one.kind}_{digests.sha256(digests.canonical_json(how.module))[:8]}"


def _yaml(said: Any) -> str:
    heading = "# Written by `astreinte prometheus-config`: what is changed here is lost the next time.\n"
    return heading + yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=150, default_flow_style=None)


# -- prometheus.yml ------------------------------------------------------------------------------------------------------


def _prometheus(made: Sequence[tuple[Watched, Made]], around: Around) -> dict[str, Any]:
    jobs: dict[tuple[str, int], list[tuple[Watched, Made]]] = defaultdict(list)
    for one, how in made:
        jobs[_name(one, how), one.interval_s].append((one, how))
    return {
        "global": {"scrape_interval": "1m", "evaluation_interval": f"{LOOKS_S}s"},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [around.alertmanager]}]}]},
        "scrape_configs": [
            *(_job(*key, told, around) for key, told in sorted(jobs.items(), key=lambda job: job[0])),
            *around.exporters,
        ],
    }


def _job(module: str, interval_s: int, told: Sequence[tuple[Watched, Made]], around: Around) -> dict[str, Any]:
    return {
        "job_name": f"astreinte_{module}_{interval_s}s",
        "metrics_path": "/probe",
        "scrape_interval": f"{interval_s}s",
        "scrape_timeout": f"{min(interval_s, int(DEADLINE_S))}s",
        "params": {"module": [module]},
        "static_configs": [{"targets": [how.target], "labels": _labels(one, how)} for one, how in told],
        "relabel_configs": [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"target_label": "__address__", "replacement": around.blackbox},
        ],
    }


def _labels(one: Watched, how: Made) -> dict[str, str]:
    """`instance` is what anybody may read: an address may hold a key behind its question mark."""
    said = {"instance": one.where, "server": one.server, "service": one.kind, CHECK: one.check, "pace": one.pace}
    return {**said, **how.labels}


# -- rules.yml -----------------------------------------------------------------------------------------------------------


def _groups(made: Sequence[tuple[Watched, Made]]) -> list[dict[str, Any]]:
    paces = sorted({(one.interval_s, one.down_after, one.up_after, how.labels.get("days", "")) for one, how in made})
    warned = sorted({int(how.labels["warn_days"]) for _one, how in made if "warn_days" in how.labels})
    return [
        *(_group(*pace) for pace in paces),
        {"name": "astreinte_certificates", "rules": [_expires(days) for days in [None, *warned]]},
        {"name": "astreinte_itself", "rules": [_watchdog(), _blind()]},
    ]


def _group(interval_s: int, down_after: int, up_after: int, days: str) -> dict[str, Any]:
    """Down after so many failures in a row, over after so many good looks: the last of them must have been seen too."""
    every = min(interval_s, LOOKS_S)
    pace = f"{interval_s}s/{down_after}/{up_after}"
    rule = {
        "alert": DOWN,
        "expr": _fails(pace, days),
        "for": f"{_waits(interval_s, down_after)}s",
        "keep_firing_for": f"{_waits(interval_s, up_after)}s",
        "labels": {"severity": "critical", "pace": pace, **({"days": days} if days else {})},
        "annotations": {"summary": "{{ $labels.service }} is down: {{ $labels.instance }}"},
    }
    name = f"astreinte_{pace.replace('/', '_')}{f'_{days}d' if days else ''}"
    return {"name": name, "interval": f"{every}s", "rules": [rule]}


def _waits(interval_s: int, in_a_row: int) -> int:
    return (in_a_row - 1) * interval_s + min(interval_s, LOOKS_S) if in_a_row > 1 else 0


def _fails(pace: str, days: str) -> str:
    """A certificate whose days are counted is down when too few are left, too."""
    those = f'{{pace="{pace}",days="{days}"}}'
    down = f"probe_success{those} == 0"
    return f"{down} or probe_ssl_earliest_cert_expiry{those} - time() < {int(days) * DAY_S}" if days else down


def _expires(days: int | None) -> dict[str, Any]:
    """`None`: what is encrypted and says nothing of the days of its certificate."""
    those = f'{{job=~"astreinte_.+",warn_days="{"" if days is None else days}"}}'
    left = (WARN_DAYS if days is None else days) * DAY_S
    return {
        "alert": EXPIRES,
        "expr": f"probe_ssl_earliest_cert_expiry{those} - time() < {left}",
        "for": "1m",
        "labels": {"severity": "warning", **({} if days is None else {"warn_days": str(days)})},
        "annotations": {"summary": "The certificate of {{ $labels.instance }} expires soon"},
    }


def _watchdog() -> dict[str, Any]:
    return {
        "alert": WATCHDOG,
        "expr": "vector(1)",
        "labels": {"severity": "none"},
        "annotations": {"summary": "Always fires: its silence is the alert"},
    }


def _blind() -> dict[str, Any]:
    return {
        "alert": BLIND,
        "expr": 'max(up{job=~"astreinte_.+"}) == 0',
        "for": "2m",
        "labels": {"severity": "critical"},
        "annotations": {"summary": "Prometheus sees nothing any more: blackbox_exporter does not answer"},
    }


# -- alertmanager.yml ----------------------------------------------------------------------------------------------------


def _alertmanager(around: Around) -> dict[str, Any]:
    """What is critical comes to us at once, in few and whole requests; the Watchdog twice while it may be silent."""
    every_s = around.every_s or EVERY_S
    watchdog = {
        "receiver": "astreinte",
        "matchers": [f'alertname="{WATCHDOG}"'],
        "group_wait": "0s",
        "group_interval": f"{max(1, every_s // 6)}s",
        "repeat_interval": f"{max(1, every_s // 3)}s",
    }
    down = {"receiver": "astreinte", "matchers": ['severity="critical"']}
    pace = {"group_wait": "1s", "group_interval": "5s", "repeat_interval": "1h"}
    webhook = {"url": around.webhook, "send_resolved": True, "max_alerts": MOST_ALERTS}
    return {
        "route": {"receiver": "nobody", "group_by": ["alertname"], **pace, "routes": [watchdog, down]},
        "receivers": [{"name": "nobody"}, {"name": "astreinte", "webhook_configs": [webhook]}],
    }
