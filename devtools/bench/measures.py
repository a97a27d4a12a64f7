"""Each measure: what it takes, its limit, and how many times the bare floor of this machine it is."""

import json
import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from devtools.bench.desk import Desk

CLIENT, ENGINEER, MANAGER = "jeanne@boulangerie.example", "alice@hebergement.example", "chloe@hebergement.example"
SERVER = "web1.boulangerie.example"
# The first looks load templates.
FIRST = 10


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table. `limit` is a maximum, or a minimum when `at_least`."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    times_floor: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def rank(values: Sequence[float], part: float) -> float:
    """The smallest value that at least this part of them does not exceed (the nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def token(desk: Desk, email: str) -> str:
    """An API token of this person."""
    return desk.inside("devtools.bench.command", "token", "create", "--for", email).split()[0]


def floor(desk: Desk) -> tuple[float, list[Figure]]:
    """One durable commit and one request on loopback, in milliseconds: nothing that promises both can be faster."""
    commit = statistics.median(desk.stuff("commits", count=300)) * 1000
    asked = []
    with httpx.Client() as client:
        for _ in range(300):
            began = time.monotonic()
            client.get(f"{desk.pocket}/dev/faults")
            asked.append(time.monotonic() - began)
    request = statistics.median(asked) * 1000
    bare = commit + request
    return bare, [Figure(name="floor: durable commit + loopback request", value=bare, unit="ms")]


def start(desk: Desk) -> list[Figure]:
    """(f) From the command to ready."""
    return [Figure(name="start to ready", value=desk.ready_s, unit="s", limit=20)]


def idle(desk: Desk, *, seconds: float) -> list[Figure]:
    """(e) What it costs to do nothing."""
    time.sleep(min(5.0, seconds))
    before, _ = desk.cost()
    time.sleep(seconds)
    after, memory = desk.cost()
    share = (after - before) / seconds * 100
    return [
        Figure(name="idle, share of one core", value=share, unit="%", limit=2),
        Figure(name="idle, memory of the whole tree", value=memory, unit="MB", limit=400),
    ]


def pages(desk: Desk, bare: float, *, few: int, many: int) -> list[Figure]:
    """(c) Lists and cases, with few and with many tickets in the database."""
    cookies = desk.stuff("sessions")
    found: dict[int, dict[str, float]] = {}
    for count in (few, many):
        desk.stuff("tickets", count=count)
        found[count] = {name: page_ms(desk, path, cookies[who]) for name, (path, who) in _LOOKS.items()}
    figures = []
    for name, p95 in found[many].items():
        figures.append(Figure(name=f"{name}, p95 with {many}", value=p95, unit="ms", limit=40, times_floor=p95 / bare))
        ratio = p95 / found[few][name]
        figures.append(Figure(name=f"{name}, {many} against {few} tickets", value=ratio, unit="x", limit=1.2))
    return figures


_LOOKS = {
    "console, tonight": ("/console/", MANAGER),
    "console, cases": ("/console/cases/", MANAGER),
    "console, a case": ("/console/cases/T1001/", MANAGER),
    "portal, tickets": ("/tickets/", CLIENT),
}


def page_ms(desk: Desk, path: str, cookie: str) -> float:
    """How long this page takes, p95 in milliseconds. Raises RuntimeError when it is refused."""
    taken = []
    with httpx.Client(base_url=desk.url, headers={"Cookie": cookie}) as client:
        for number in range(70):
            began = time.monotonic()
            answer = client.get(path)
            taken.append((time.monotonic() - began) * 1000)
            if answer.status_code != httpx.codes.OK:
                raise RuntimeError(f"{path}: {answer.status_code}")
            if number < FIRST:
                taken.clear()
    return rank(taken, 0.95)


def load(desk: Desk, **asked: Any) -> dict[str, Any]:
    """Run the load in its own process; raises when something was not accepted."""
    given = {"url": desk.url, "token": token(desk, CLIENT), "server": SERVER, **asked}
    done: dict[str, Any] = json.loads(desk.inside("devtools.bench.load", said=json.dumps(given)).splitlines()[-1])
    refused = [one for one in done["told"] if one["status"] != httpx.codes.CREATED]
    if refused:
        raise RuntimeError(f"{len(refused)} refused: {refused[0]}")
    return done


class Arrivals:
    """When each page first reached the telephones, by the sentence of its ticket; asks only for what is new."""

    def __init__(self, desk: Desk, word: str) -> None:
        self.found: dict[str, float] = {}
        self._desk, self._word, self._seen = desk, word, 0

    def look(self) -> None:
        """Read what arrived since the last look."""
        for entry in self._desk.ledger(self._seen):
            self._seen = max(self._seen, entry["n"])
            text = entry["body"].get("Body", "") if entry["kind"] == "sms" else ""
            if self._word in text:
                sentence = text[text.index(self._word) :][: len(self._word) + 7]
                self.found.setdefault(sentence, entry["monotonic"])

    def wait_for(self, count: int, *, within: float) -> dict[str, float]:
        """Look twice a second until so many have come."""
        end = time.monotonic() + within
        while len(self.found) < count and time.monotonic() < end:
            time.sleep(0.5)
            self.look()
        return self.found


def _settled(desk: Desk, *, within: float = 120) -> None:
    """Until the papers of what was opened are drawn: a measure starts from a desk at rest."""
    end = time.monotonic() + within
    while desk.stuff("papers")["count"] and time.monotonic() < end:
        time.sleep(1)


def pace(desk: Desk, bare: float, *, per_s: float, seconds: float) -> list[Figure]:
    """(a) An open loop: from the request sent to the first request at the gateway."""
    load(desk, word="Warm", count=40, per_s=per_s)
    _settled(desk)
    done = load(desk, word="Pace", count=int(per_s * seconds), per_s=per_s)
    arrived = Arrivals(desk, "Pace").wait_for(len(done["told"]), within=30)
    delays = [(arrived[one["subject"]] - one["sent"]) * 1000 for one in done["told"] if one["subject"] in arrived]
    answers = [(one["answered"] - one["sent"]) * 1000 for one in done["told"]]
    p50, p99 = rank(delays, 0.5), rank(delays, 0.99)
    return [
        Figure(name="sent to first gateway request, p50", value=p50, unit="ms", limit=12, times_floor=p50 / bare),
        Figure(name="sent to first gateway request, p99", value=p99, unit="ms", limit=60, times_floor=p99 / bare),
        Figure(
            name="sent to accepted, p50", value=rank(answers, 0.5), unit="ms", times_floor=rank(answers, 0.5) / bare
        ),
        Figure(name="at a pace, lost", value=len(done["told"]) - len(delays), unit="", limit=0),
    ]


def storm(desk: Desk, *, count: int) -> list[Figure]:
    """(b) As fast as they are accepted; nothing lost; how long the last page took to leave."""
    done = load(desk, word="Storm", count=count)
    arrived = Arrivals(desk, "Storm").wait_for(count, within=60)
    last = max(arrived.values(), default=0.0) - max(one["answered"] for one in done["told"])
    return [
        Figure(name="storm, accepted a second", value=count / done["seconds"], unit="/s", limit=200, at_least=True),
        Figure(name="storm, lost", value=count - len(arrived), unit="", limit=0),
        Figure(name="storm, last page after the last answer", value=last, unit="s", limit=20),
    ]


def taking(desk: Desk, bare: float, *, count: int) -> list[Figure]:
    """(d) From *I take it* to nothing more leaving: nothing leaves after the commit."""
    refs = [one["ref"] for one in load(desk, word="Taken", count=count, per_s=5)["told"]]
    taken, answered = [], {}
    headers = {"Authorization": f"Bearer {token(desk, ENGINEER)}"}
    with httpx.Client(base_url=desk.url, headers=headers) as client:
        for number, ref in enumerate(refs):
            began = time.monotonic()
            client.post(f"/api/v1/tickets/{ref}/acknowledge", json={}).raise_for_status()
            answered[f"Taken {number:06d}"] = time.monotonic()
            taken.append((answered[f"Taken {number:06d}"] - began) * 1000)
    time.sleep(3)
    p95 = rank(taken, 0.95)
    return [
        Figure(name="I take it, p95", value=p95, unit="ms", times_floor=p95 / bare),
        Figure(name="sent after somebody took it", value=_late(desk, answered), unit="", limit=0),
    ]


def _late(desk: Desk, answered: dict[str, float]) -> int:
    late = 0
    for entry in desk.ledger():
        text = entry["body"].get("Body", "") if entry["kind"] == "sms" else ""
        name = next((name for name in answered if name in text and "/take/" in text), None)
        late += bool(name) and entry["monotonic"] > answered[str(name)]
    return late
