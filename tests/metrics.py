"""A real Prometheus that scrapes real exporters of this machine, and remembers what exporters said of servers in trouble."""

import json
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from itertools import groupby
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import yaml

from tests import prometheus, real_servers
from tests.probe_servers import closed_port
from tests.processes import until

MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800
# A history goes on for so long after now (seconds, negative): it is as fresh at the end of the tests as at their beginning.
NEWEST = -20 * MINUTE


@dataclass(frozen=True, kw_only=True)
class Series:
    """One series of a recorded history: pairs of how long ago (seconds) and what was said, oldest first."""

    name: str
    labels: dict[str, str]
    said: list[tuple[int, float]]

    def lines(self, instance: str, now: float) -> Iterator[str]:
        """As OpenMetrics writes it."""
        labels = ",".join(f'{key}="{value}"' for key, value in {"instance": instance, **self.labels}.items())
        return (f"{self.name}{{{labels}}} {value:g} {now - ago:.3f}" for ago, value in self.said)


def steady(name: str, value: float, /, *, last: int = 40 * MINUTE, until: int = NEWEST, **labels: str) -> Series:
    """The same number every minute."""
    return Series(name=name, labels=labels, said=[(ago, value) for ago in range(until + last, until - 1, -MINUTE)])


def counter(name: str, /, *, per_s: float, last: int = 40 * MINUTE, until: int = NEWEST, **labels: str) -> Series:
    """A counter that grows at this pace."""
    said = [(ago, 1000 + (until + last - ago) * per_s) for ago in range(until + last, until - 1, -MINUTE)]
    return Series(name=name, labels=labels, said=said)


def jumped(name: str, /, *, by: float, ago: int, last: int = 26 * HOUR, **labels: str) -> Series:
    """A counter, or a state, that grew once, so long ago."""
    said = [(then, by if then < ago else 0) for then in range(last, NEWEST - 1, -2 * MINUTE)]
    return Series(name=name, labels=labels, said=said)


def text(histories: dict[str, Iterable[Series]], now: datetime) -> str:
    """Every history, in one file of OpenMetrics: the series of one name together."""
    every = [(one.name, instance, one) for instance, series in histories.items() for one in series]
    lines = []
    for _name, group in groupby(sorted(every, key=lambda found: found[0]), key=lambda found: found[0]):
        for _, instance, one in group:
            lines += one.lines(f"{instance}:9100", now.timestamp())
    return "\n".join([*lines, "# EOF", ""])


def remembered(folder: Path, histories: dict[str, Iterable[Series]], now: datetime) -> None:
    """Make this the memory of a Prometheus whose data are there."""
    file = folder / "history.txt"
    file.write_text(text(histories, now), encoding="utf-8")
    argv = [prometheus.program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "-q", str(file)]
    subprocess.run([*argv, str(folder / "data")], check=True, capture_output=True, timeout=60)


@contextmanager
def exporter(name: str, folder: Path, *more: str, **environment: str) -> Iterator[real_servers.Real]:
    """One of Debian's exporters, on a free port."""
    port = closed_port()
    given = [f"{key}={value}" for key, value in environment.items()]
    argv = ["env", *given, prometheus.program(name), f"--web.listen-address=127.0.0.1:{port}", *more]
    folder.mkdir()
    with real_servers.running(argv, folder, port=port, as_us=True) as real:
        yield real


@contextmanager
def scraping(folder: Path, targets: dict[str, int]) -> Iterator[real_servers.Real]:
    """A Prometheus that asks these ports (by the instance they are) every second."""
    jobs = [
        {
            "job_name": instance.replace(":", "_"),
            "static_configs": [{"targets": [f"127.0.0.1:{port}"], "labels": {"instance": instance}}],
        }
        for instance, port in targets.items()
    ]
    config = {"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": jobs}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    port = closed_port()
    argv = [prometheus.program("prometheus"), f"--config.file={folder}/prometheus.yml"]
    argv += [f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"]
    with real_servers.running(argv, folder, port=port, as_us=True) as real:
        until(lambda: _is_ready(port))  # it reads its memory: until then some questions are refused
        yield real


def health(there: real_servers.Real) -> dict[str, str]:
    """How each target of this Prometheus was at its last look, and what went wrong."""
    with urlopen(f"http://127.0.0.1:{there.port}/api/v1/targets") as answer:
        targets = json.load(answer)["data"]["activeTargets"]
    return {one["labels"]["instance"]: f"{one['health']} {one['lastError']}" for one in targets}


def _is_ready(port: int) -> bool:
    with suppress(HTTPError), urlopen(f"http://127.0.0.1:{port}/-/ready") as answer:
        return answer.status == HTTPStatus.OK
    return False
