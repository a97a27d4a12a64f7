"""A wire to PostgreSQL that can be cut at the worst instant: COMMIT has arrived, was done, and its answer is on its way."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

CHUNK = 65_536


class Wire:
    """Carries every connection to the server; `cut_next_commit` loses one answer, and the connection with it."""

    def __init__(self, socket_path: str) -> None:
        self._path = socket_path
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.cuts = 0
        self._armed = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def cut_next_commit(self) -> None:
        self._armed.set()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _from = self._listening.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._path)
                doomed = threading.Event()
                threading.Thread(target=self._there, args=(near, far, doomed), daemon=True).start()
                threading.Thread(target=self._back, args=(near, far, doomed), daemon=True).start()

    def _there(self, near: socket.socket, far: socket.socket, doomed: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while said := near.recv(CHUNK):
                if self._armed.is_set() and b"COMMIT" in said:
                    self._armed.clear()
                    doomed.set()
                far.sendall(said)
        _close(near, far)

    def _back(self, near: socket.socket, far: socket.socket, doomed: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while said := far.recv(CHUNK):
                if doomed.is_set():
                    self.cuts += 1
                    break
                near.sendall(said)
        _close(near, far)

    def close(self) -> None:
        """No new connection."""
        self._listening.close()


def _close(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextlib.contextmanager
def wire(database_url: str) -> Iterator[tuple[Wire, str]]:
    """A wire to the server of this address, and the same address through it."""
    address = urlsplit(database_url)
    folder = unquote(address.netloc.rpartition("@")[2])
    found = Wire(f"{folder}/.s.PGSQL.5432")
    try:
        yield found, f"postgresql://{address.username}@127.0.0.1:{found.port}{address.path}"
    finally:
        found.close()
