"""Somebody's program on this machine that is called by webhook: it keeps what came, and answers what it is told to."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One request: its headers in small letters, and its body."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Hook:
    """`heard` holds what came, in order; `answer` and `status` are what the next ones are answered with."""

    url: str
    heard: "queue.Queue[Heard]" = field(default_factory=queue.Queue)
    answer: str = "ok"
    status: int = 200


class _Handler(BaseHTTPRequestHandler):
    hook: Hook
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.hook.heard.put(Heard({name.lower(): value for name, value in self.headers.items()}, body))
        said = self.hook.answer.encode()
        self.send_response(self.hook.status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests look at what was heard."""


@contextmanager
def hook() -> Iterator[Hook]:
    """A program that answers at once."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    found = Hook(f"http://127.0.0.1:{server.server_address[1]}/status")
    server.RequestHandlerClass = type("Handler", (_Handler,), {"hook": found})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
