"""The real web process on a port of its own, and programs of customers that ask it again, with the same key, until they are answered."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.chaos.stage import Stage, until
from tests.processes import running

# Only a failure waits this long: a busy machine is none.
PATIENCE_S = 90.0
# Nobody answered: the connection was refused, or cut before the answer.
CUT = 0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one request got, and after how long."""

    status: int
    body: Any
    retry_after: str
    began: float
    waited_s: float


class WebDoor:
    """Where programs ask."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, *, body: dict | None = None, headers: dict[str, str] | None = None) -> Answer:
        """One request over a connection of its own."""
        began = time.monotonic()
        status, said, after = CUT, None, ""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            sent = json.dumps(body).encode() if body is not None else None
            kind = {"Content-Type": "application/json"} if sent else {}
            connection.request(method, path, body=sent, headers={**kind, **(headers or {})})
            response = connection.getresponse()
            text = response.read()
            status, after = response.status, response.headers.get("Retry-After", "")
            said = json.loads(text) if "json" in response.headers.get("Content-Type", "") else text.decode()
        except (OSError, http.client.HTTPException):
            status = CUT
        finally:
            connection.close()
        return Answer(status=status, body=said, retry_after=after, began=began, waited_s=time.monotonic() - began)

    @property
    def is_ready(self) -> bool:
        """Whether /readyz says that it can page."""
        return self.ask("GET", "/readyz").status == 200


@contextmanager
def open_door(stage: Stage, **environment: str) -> Iterator[WebDoor]:
    """`astreinte web` on the database of this stage."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port = asking.getsockname()[1]
    door = WebDoor(port)
    with running("-m", "astreinte", "web", "--port", str(port), **{**stage.environment, **environment}):
        until(lambda: door.ask("GET", "/healthz").status == 200, within=90, every=0.1, what="an open door")
        yield door


class Customer(threading.Thread):
    """One program: ticket after ticket, each asked for again with its key until the desk says yes."""

    def __init__(self, door: WebDoor, stage: Stage, number: int, *, pause_s: float = 0.0) -> None:
        super().__init__(daemon=True)
        self.door, self.number, self.pause_s = door, number, pause_s
        (known,) = stage.run("token", number=number)
        self.server, self.headers = known["server"], {"Authorization": f"Bearer {known['token']}"}
        offer = door.ask("GET", f"/api/v1/offer?server={self.server}", headers=self.headers).body
        self.accept = {name: offer[name] for name in ("amount_excl_vat", "text_sha256")}
        self.answers: list[Answer] = []
        self.refs: dict[str, str] = {}
        self._leaving = threading.Event()

    def run(self) -> None:
        count = 0
        while not self._leaving.is_set():
            count += 1
            self._open(f"{self.number}-{count}")
            self._leaving.wait(self.pause_s)

    def press(self, key: str) -> Answer:
        """Ask once for the ticket of this key."""
        body = {"server": self.server, "mode": "urgent", "symptom": "mail", "subject": key, "accept": self.accept}
        headers = {**self.headers, "Idempotency-Key": key}
        return self.door.ask("POST", "/api/v1/tickets", body=body, headers=headers)

    def _open(self, key: str) -> None:
        while True:
            answer = self.press(key)
            self.answers.append(answer)
            if answer.status not in {CUT, 503}:
                self.refs[key] = str(answer.body.get("ref") if isinstance(answer.body, dict) else answer.body)
                return
            time.sleep(0.2)

    def leave(self) -> None:
        """What was begun is asked for until it is answered."""
        self._leaving.set()
        self.join(2 * PATIENCE_S)


def came(door: WebDoor, stage: Stage, *, count: int, pause_s: float) -> list[Customer]:
    """So many programs, at work."""
    customers = [Customer(door, stage, number, pause_s=pause_s) for number in range(count)]
    for customer in customers:
        customer.start()
    return customers


def judge(stage: Stage, customers: list[Customer]) -> list[Answer]:
    """Every key has its one ticket, whose page left once; nothing else was written; every no was an honest one. All answers."""
    answers = [answer for customer in customers for answer in customer.answers]
    assert {answer.status for answer in answers} <= {201, 503}
    assert all(answer.retry_after for answer in answers if answer.status == 503)
    keys = {key: ref for customer in customers for key, ref in customer.refs.items()}
    until(stage.nothing_left, within=120, every=0.2, what="the end of the queue")
    tickets = stage.rows("SELECT subject, page_id FROM tickets_ticket")
    assert sorted(subject for subject, _page in tickets) == sorted(keys)
    assert len(set(keys.values())) == len(keys)
    copies, pages = stage.copies(), stage.pages()
    assert [page for _subject, page in tickets if [copies[key] for key in pages[page]] != [1]] == []
    assert stage.run("checked") == [{"wrong": []}]
    return answers
