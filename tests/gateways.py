"""A provider in a thread: takes SMS and calls as Twilio does, and webhooks; it can be made to stall."""

import json
import queue
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from astreinte.core import clock
from astreinte.core.transactions import all_or_nothing
from astreinte.notifications import actions, sealing
from astreinte.notifications.actions import Letter
from astreinte.notifications.models import Transport

PATIENCE_S = 60


@dataclass(frozen=True)
class Call:
    """One request, when it came, and what it said."""

    path: str
    form: dict[str, str]
    at: float


@dataclass
class Gateway:
    """`calls` holds what came, in order; while `open` is not set nothing is answered."""

    url: str
    calls: "queue.Queue[Call]" = field(default_factory=queue.Queue)
    open: threading.Event = field(default_factory=threading.Event)

    def call(self) -> Call:
        """The next request; the test fails when none comes."""
        return self.calls.get(timeout=PATIENCE_S)


class _Handler(BaseHTTPRequestHandler):
    gateway: Gateway
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: values[-1] for name, values in parse_qs(body).items()}
        self.gateway.calls.put(Call(urlsplit(self.path).path, form, clock.monotonic()))
        self.gateway.open.wait(PATIENCE_S)
        self._answer({"sid": f"SM{uuid.uuid4().hex}"})

    def do_GET(self) -> None:
        self.gateway.calls.put(Call(urlsplit(self.path).path, {}, clock.monotonic()))
        self._answer({"messages": [], "calls": []})

    def _answer(self, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests look at `calls`."""


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A provider that answers at once."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    found = Gateway(f"http://127.0.0.1:{server.server_address[1]}")
    found.open.set()
    server.RequestHandlerClass = type("Handler", (_Handler,), {"gateway": found})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.open.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def dead_relay() -> Iterator[str]:
    """A mail relay that takes the connection and never says a word: its `smtp://` address."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield f"smtp://127.0.0.1:{listening.getsockname()[1]}"


def transports(found: Gateway, *, relay: str = "smtp://127.0.0.1:9") -> None:
    """SMS and calls leave through this gateway, mail through this relay."""
    twilio = {"type": "twilio", "url": found.url, "account": "AC1", "token": "test-token", "from": "+33700000000"}
    mail = {"type": "smtp", "url": relay, "from": "desk@hebergement.example"}
    for kind, options in {"sms": twilio, "voice": twilio, "email": mail}.items():
        Transport.objects.create(kind=kind, position=0, sealed=sealing.seal(options))


def letter(number: int, **changes: Any) -> Letter:
    """A message, due now."""
    words = {
        "once": f"test/{number}",
        "about": f"test/{number}",
        "kind": "message",
        "name": "Alice",
        "language": "fr",
        "channel": "sms",
        "address": f"+336111{number:05d}",
        "due_at": clock.now(),
        "context": {"ref": "1", "subject": "s", "author": "a", "text": "t"},
    }
    return Letter(**{**words, **changes})


@all_or_nothing
def enqueue(*letters: Letter) -> None:
    """Committed: from here on the pager may send them."""
    actions.enqueue(letters, at=clock.now())
