"""The scrapes of a provider's own exporters, for the Prometheus whose files we write: one job an exporter, one target a server. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any

INTERVAL = "30s"


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A server, by its name and its registered addresses."""

    name: str
    addresses: Sequence[str] = ()


def jobs(where: Mapping[str, str], machines: Iterable[Machine]) -> list[dict[str, Any]]:
    """`where`: exporter -> `host:port`, in which `$name`, `$short` and `$address` stand for the server (its name where it has no address).

    `instance` is the name of the server and the port, whatever is called: that is how the diagnosis knows it.
    """
    known = sorted(machines, key=lambda one: one.name)
    return [
        {
            "job_name": f"exporter_{exporter}",
            "scrape_interval": INTERVAL,
            "static_configs": [_target(one, template) for one in known],
        }
        for exporter, template in sorted(where.items())
        if known
    ]


def _target(machine: Machine, template: str) -> dict[str, Any]:
    address = machine.addresses[0] if machine.addresses else machine.name
    host = f"[{address}]" if ":" in address else address
    called = Template(template).substitute(name=machine.name, short=machine.name.partition(".")[0], address=host)
    port = template.rpartition(":")[2]
    return {"targets": [called], "labels": {"instance": f"{machine.name}:{port}", "server": machine.name}}
