"""The numbers of the desk for Prometheus, read from the domain; asked twice within a few seconds, computed once."""

import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from itertools import accumulate

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


class _Histogram:
    """Seconds, counted under each bound."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds, self.counts, self.sum_s = bounds, [0] * (len(bounds) + 1), 0.0

    def add(self, seconds: float | None) -> None:
        """A negative delay (the clock went back) counts as none."""
        if seconds is not None:
            self.counts[bisect_left(self.bounds, seconds)] += 1
            self.sum_s += max(0.0, seconds)

    def family(self, name: str, says: str) -> HistogramMetricFamily:
        """Cumulative, as the format wants it."""
        bounds = [*map(str, self.bounds), "+Inf"]
        buckets = list(zip(bounds, accumulate(self.counts), strict=True))
        return HistogramMetricFamily(f"{name}_seconds", says, buckets=buckets, sum_value=self.sum_s)


class Delays:
    """The delays of all pages. Those of the past are added up once: in a few years there are a hundred thousand."""

    def __init__(self) -> None:
        self._after = 0
        self._settled = _Histogram(PAGE_BUCKETS), _Histogram(ACK_BUCKETS)

    def read(self, *, at: datetime) -> tuple[_Histogram, _Histogram]:
        """Until the first request left, and until somebody answered."""
        found, is_past = self._settled, True
        for delay in pages.delays(after=self._after, at=at):
            if is_past and not delay.is_settled:
                found, is_past = deepcopy(self._settled), False
            if is_past:
                self._after = delay.page
            found[0].add(delay.sent_s)
            found[1].add(delay.taken_s)
        return found


_delays = Delays()


def text(*, at: datetime) -> bytes:
    """All of them, at most KEPT_S old."""
    global _kept  # noqa: PLW0603 - one answer, kept by this process
    with _lock:
        if clock.monotonic() - _kept[0] > KEPT_S:
            _kept = (clock.monotonic(), computed(at=at, delays=_delays))
        return _kept[1]


def computed(*, at: datetime, delays: Delays | None = None) -> bytes:
    """All of them, as they are."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Desk(at, delays or Delays()))
    return generate_latest(registry)


class _Desk:
    """What prometheus-client asks for its numbers."""

    def __init__(self, at: datetime, delays: Delays) -> None:
        self.at, self.delays = at, delays

    def collect(self) -> Iterator[Metric]:
        """Every family of the contract."""
        sent, taken = self.delays.read(at=self.at)
        yield sent.family("astreinte_page_latency", "Ticket accepted to first provider request.")
        yield taken.family("astreinte_ack_latency", "Page opened to the answer of a person.")
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
