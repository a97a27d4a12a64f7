"""The numbers of the desk for Prometheus, read from the domain; asked twice within a few seconds, computed once."""

import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from astreinte.core import clock, heartbeats
from astreinte.monitoring import history, lists
from astreinte.monitoring import queries as incidents
from astreinte.notifications import queries as outbox
from astreinte.oncall import queries as oncall
from astreinte.paging import queries as pages
from astreinte.tickets import tallies

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
KEPT_S = 5.0
PAGE_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0)
ACK_BUCKETS = (15.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 900.0, 1800.0, 3600.0)
# How far ahead a hole in the rotas is looked for.
AHEAD = timedelta(days=14)
_kept: tuple[float, bytes] = (float("-inf"), b"")
_lock = threading.Lock()


def text(*, at: datetime) -> bytes:
    """All of them, at most KEPT_S old."""
    global _kept  # noqa: PLW0603 - one answer, kept by this process
    with _lock:
        if clock.monotonic() - _kept[0] > KEPT_S:
            _kept = (clock.monotonic(), computed(at=at))
        return _kept[1]


def computed(*, at: datetime) -> bytes:
    """All of them, as they are."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Desk(at))
    return generate_latest(registry)


class _Desk:
    """What prometheus-client asks for its numbers."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def collect(self) -> Iterator[Metric]:
        """Every family of the contract."""
        sent, taken = pages.delays()
        yield _histogram("astreinte_page_latency", "Ticket accepted to first provider request.", sent, PAGE_BUCKETS)
        yield _histogram("astreinte_ack_latency", "Page opened to the answer of a person.", taken, ACK_BUCKETS)
        yield _counter(
            "astreinte_deliveries",
            "Messages by channel and outcome.",
            ("channel", "outcome"),
            [((channel, state), count) for (channel, state), count in sorted(outbox.tally().items())],
        )
        yield _counter("astreinte_tickets", "Tickets by mode.", ("mode",), _one_label(tallies.tally()))
        yield _counter("astreinte_verdicts", "Verdicts by clause.", ("clause",), _one_label(tallies.verdicts_tally()))
        yield _gauge(
            "astreinte_delivery_overdue_seconds", "Oldest thing due and not sent.", outbox.overdue_s(at=self.at)
        )
        yield self._workers()
        yield _gauge("astreinte_incidents_open", "Incidents in progress.", incidents.count_open())
        yield self._checks()
        yield _counter(
            "astreinte_probe_results",
            "Looks at what is watched, by kind and by what they saw.",
            ("kind", "state"),
            sorted(history.looks_by_kind().items()),
        )
        yield _gauge("astreinte_probe_lag_seconds", "The look that waits longest.", incidents.lag_s(at=self.at))
        gap = oncall.gap(start=self.at, end=self.at + AHEAD)
        yield _gauge("astreinte_oncall_gap_seconds", "Time with nobody on call, next 14 days.", gap.total_seconds())

    def _checks(self) -> Metric:
        family = GaugeMetricFamily("astreinte_checks", "Things watched, by state.", labels=["state"])
        for state, count in sorted(lists.watched_tally().items()):
            family.add_metric([state], count)
        return family

    def _workers(self) -> Metric:
        family = GaugeMetricFamily(
            "astreinte_worker_heartbeat_age_seconds", "Age of the last sign of life.", labels=["worker"]
        )
        for worker, age in sorted(heartbeats.ages(at=self.at).items()):
            family.add_metric([worker], age)
        return family


def _one_label(counts: dict[str, int]) -> list[tuple[tuple[str], int]]:
    return [((name,), count) for name, count in sorted(counts.items())]


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value=value)


def _counter(
    name: str, says: str, labels: Sequence[str], rows: Iterable[tuple[tuple[str, ...], int]]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, says, labels=labels)
    for values, count in rows:
        family.add_metric(values, count)
    return family


def _histogram(name: str, says: str, values: list[float], bounds: Sequence[float]) -> Metric:
    """Cumulative, as the format wants it. A negative delay (the clock went back) counts as none."""
    counts = [0] * (len(bounds) + 1)
    for value in values:
        counts[bisect_left(bounds, value)] += 1
    buckets, total = [], 0
    for bound, count in zip([*map(str, bounds), "+Inf"], counts, strict=True):
        total += count
        buckets.append((bound, total))
    return HistogramMetricFamily(
        f"{name}_seconds", says, buckets=buckets, sum_value=sum(max(0.0, value) for value in values)
    )
