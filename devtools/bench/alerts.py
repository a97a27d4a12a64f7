"""A storm of other people's alerts, with an urgent ticket in the middle of it."""

import threading
import time
from typing import Any

import httpx

from devtools.bench.desk import Desk
from devtools.bench.measures import Arrivals, Figure, load, rank

SERVERS, TOGETHER = 50, 100
KEY = "bench-storm"


def _body(first: int) -> dict[str, Any]:
    """One webhook of a group, as Alertmanager sends it."""
    alerts = [
        {
            "status": "firing",
            "labels": {
                "alertname": f"Rule{number // SERVERS % 20}",
                "instance": f"bench{number % SERVERS}.example:9100",
                "job": "node",
                "severity": "critical",
                "unit": f"unit-{number}.service",
            },
            "annotations": {"summary": f"Storm {number:06d} on bench{number % SERVERS}"},
            "startsAt": "2026-01-01T00:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": f"{number:016x}",
        }
        for number in range(first, first + TOGETHER)
    ]
    return {"version": "4", "status": "firing", "groupKey": "{}:{}", "truncatedAlerts": 0, "alerts": alerts}


def storm(desk: Desk, *, count: int, seconds: float) -> list[Figure]:
    """(j) So many alerts in so many seconds: one set of pages, all kept; the ticket rings as if it were a quiet night."""
    desk.stuff("listen", key=KEY, count=SERVERS)
    before = desk.stuff("heard")
    late: list[float] = []
    customer = threading.Thread(target=lambda: late.append(_ticket(desk)))
    taken, requests, used = [], count // TOGETHER, desk.used_s("web")
    began = time.monotonic()
    with httpx.Client(base_url=desk.url, timeout=30) as client:
        for number in range(requests):
            time.sleep(max(0.0, began + number * seconds / requests - time.monotonic()))
            if number == requests // 3:
                customer.start()
            body, sent = _body(number * TOGETHER), time.monotonic()
            client.post(f"/inbound/alertmanager/{KEY}", json=body).raise_for_status()
            taken.append((time.monotonic() - sent) * 1000)
    used = desk.used_s("web") - used
    customer.join()
    if not late:
        raise RuntimeError("the ticket in the storm was not accepted")
    after = desk.stuff("heard")
    return [
        Figure(
            name=f"{count} alerts in {seconds:g} s, a request of {TOGETHER}, p50", value=rank(taken, 0.5), unit="ms"
        ),
        Figure(name=f"{count} alerts in {seconds:g} s, p99", value=rank(taken, 0.99), unit="ms", limit=100),
        Figure(name=f"{count} alerts, CPU of the door a request", value=used / requests * 1000, unit="ms"),
        Figure(name="alerts of the storm, lost", value=count - after["alerts"] + before["alerts"], unit="", limit=0),
        Figure(name="pages of the storm", value=after["pages"] - before["pages"] - 1, unit="", limit=1),
        Figure(name="an urgent ticket in the storm rings after", value=late[0], unit="ms", limit=1000),
    ]


def _ticket(desk: Desk) -> float:
    """Milliseconds from the click to the first request at the gateway; for ever when it never came."""
    arrivals = Arrivals(desk, "Amid")
    (one,) = load(desk, word="Amid", count=1)["told"]
    found = arrivals.wait_for(1, within=30)
    return (found[one["subject"]] - one["sent"]) * 1000 if found else float("inf")
