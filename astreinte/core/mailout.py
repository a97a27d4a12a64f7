"""SMTP through the only way out: the address checked when the socket opens, the conversation cut at its deadline.

A connection is kept for the next letter: greeting a server costs more than a letter, over TLS far more.
"""

import atexit
import os
import select
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from astreinte.core import outbound
from astreinte.core.outbound import OutboundFailed

Security = Literal["none", "starttls", "tls"]
# Shorter than what any server or firewall between allows: what is kept is still there when it is wanted.
KEPT_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where letters are handed over, and as whom. `user` may be empty: no login."""

    host: str
    port: int
    security: Security
    allow_private: bool
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class _Line:
    """An open connection, and a twin of its socket by which it is cut, whatever TLS made of the socket."""

    smtp: smtplib.SMTP
    twin: socket.socket

    def is_silent(self) -> bool:
        """Whether nothing came that nobody asked for; an end counts."""
        asking = select.poll()
        asking.register(self.twin, select.POLLIN)
        return not asking.poll(0)

    def close(self) -> None:
        self.smtp.close()
        self.twin.close()


class _Kept:
    """The connections nobody uses just now, by server. Any thread takes from it, the last one put back first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[Server, list[tuple[float, _Line]]] = {}

    def take(self, server: Server) -> _Line | None:
        """One that was used a moment ago. Those of before are closed, whoever they lead to."""
        with self._lock:
            old = self._older_than(time.monotonic() - KEPT_S)
            lines = self._idle.get(server)
            found = lines.pop()[1] if lines else None
        for line in old:
            line.close()
        return found

    def put(self, server: Server, line: _Line) -> None:
        """It did what it was asked, and is free."""
        with self._lock:
            self._idle.setdefault(server, []).append((time.monotonic(), line))

    def _older_than(self, moment: float) -> list[_Line]:
        old = [line for lines in self._idle.values() for since, line in lines if since < moment]
        fresh = {server: [one for one in lines if one[0] >= moment] for server, lines in self._idle.items()}
        self._idle = {server: lines for server, lines in fresh.items() if lines}
        return old

    def close(self) -> None:
        """Close them all."""
        with self._lock:
            old = self._older_than(float("inf"))
        for line in old:
            line.close()


@cache
def _kept(process: int) -> _Kept:  # noqa: ARG001 - a fork must not share sockets
    kept = _Kept()
    atexit.register(kept.close)
    return kept


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@contextmanager
def smtp_connection(server: Server, *, deadline_s: float = outbound.DEADLINE_S) -> Iterator[smtplib.SMTP]:
    """A greeted connection, under TLS and logged in where asked: one that was kept when it still answers, or a new one.

    Kept afterwards when nothing failed. Raises `OutboundRefused`, `OutboundFailed`; smtplib's own pass.
    """
    ends_at = time.monotonic() + deadline_s
    line = _still_there(server) or _opened(server, within_s=deadline_s)
    try:
        with _bounded(line, host=server.host, within_s=ends_at - time.monotonic()):
            yield line.smtp
    except BaseException:
        line.close()
        raise
    _kept(os.getpid()).put(server, line)


def _still_there(server: Server) -> _Line | None:
    """A kept connection on which the server said nothing since: not even that it hangs up."""
    while line := _kept(os.getpid()).take(server):
        if line.is_silent():
            return line
        line.close()
    return None


def _opened(server: Server, *, within_s: float) -> _Line:
    with _failures(server.host, within_s=within_s), outbound.deadline(within_s):
        raw = outbound.open_socket(server.host, server.port, allow_private=server.allow_private, timeout=within_s)
    smtp = smtplib.SMTP(local_hostname=socket.gethostname() or "localhost")
    smtp.sock = raw
    line = _Line(smtp=smtp, twin=raw.dup())
    try:
        with _bounded(line, host=server.host, within_s=within_s):
            _greet(smtp, raw, server)
    except BaseException:
        line.close()
        raise
    return line


def _greet(smtp: smtplib.SMTP, raw: socket.socket, server: Server) -> None:
    """What `SMTP.connect` and `login` do, on a socket that was checked."""
    tls = _tls() if server.security != "none" else None
    if tls and server.security == "tls":
        smtp.sock = tls.wrap_socket(raw, server_hostname=server.host)
    smtp._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001 - STARTTLS checks the certificate against it
    code, _text = smtp.getreply()
    if code != 220:  # noqa: PLR2004 - RFC 5321, 4.2
        raise smtplib.SMTPConnectError(code, b"not ready")
    if server.security == "starttls":
        smtp.starttls(context=tls)
    if server.user:
        smtp.login(server.user, server.password)


@contextmanager
def _bounded(line: _Line, *, host: str, within_s: float) -> Iterator[None]:
    """Cut the connection at the deadline: a byte a second would keep smtplib waiting for ever."""
    expired = threading.Event()

    def cut() -> None:
        expired.set()
        with suppress(OSError):
            line.twin.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(within_s, cut)
    timer.daemon = True
    timer.start()
    try:
        with _failures(host, within_s=within_s, expired=expired):
            yield
    finally:
        timer.cancel()
        timer.join()


@contextmanager
def _failures(host: str, *, within_s: float, expired: threading.Event | None = None) -> Iterator[None]:
    late = f"{host}: no answer in {within_s:.3g} s"
    try:
        yield
    except TimeoutError:
        raise OutboundFailed(late, timed_out=True) from None
    except smtplib.SMTPResponseException:
        raise
    except smtplib.SMTPServerDisconnected:
        if expired is not None and expired.is_set():
            raise OutboundFailed(late, timed_out=True) from None
        raise OutboundFailed(f"{host}: the connection was closed") from None
    except smtplib.SMTPException:
        raise
    except OSError as error:
        raise OutboundFailed(f"{host}: {type(error).__name__}") from None
