"""The only way out: every address is checked when the socket opens, and every call ends by its deadline.

A name is resolved once, all its addresses are checked, the checked IP is connected to; Host and SNI keep the name. So a
rebinding name, an odd way to write 127.0.0.1 or a redirect (never followed) leads nowhere it should not.
"""

import json as jsonlib
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore
import httpx

from astreinte.core.addresses import Address, OutboundRefused, check

__all__ = ["Address", "Answer", "Client", "OutboundFailed", "OutboundRefused", "check", "get", "post", "warm"]

Resolver = Callable[[str, int], Sequence[str]]

DEADLINE_S = 10.0
MAX_BYTES = 64 * 1024
# Kept longer than the pause between two pages of a night: the first request finds an open connection most of the time.
KEEP_ALIVE_S = 55.0

_ends_at: ContextVar[float] = ContextVar("_ends_at", default=float("inf"))


class OutboundFailed(Exception):  # noqa: N818 - an outcome the caller decides about
    """Nothing usable came back. `reason` is safe to log: it holds no header, no query and no body."""

    def __init__(self, reason: str, *, timed_out: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.timed_out = timed_out


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the other side said. A redirect is an answer like any other."""

    status: int
    text: str

    @property
    def ok(self) -> bool:
        """True for 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004

    def json(self) -> Any:
        """The decoded body; raises `ValueError` when it is not JSON."""
        return jsonlib.loads(self.text)


def system_resolver(host: str, port: int) -> list[str]:
    """Every address of this name, as the machine resolves it, IPv4 in any of its spellings included."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _left() -> float:
    left = _ends_at.get() - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("deadline passed")
    return left


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    token = _ends_at.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends_at.reset(token)


def _resolve_in_time(host: str, port: int, *, resolver: Resolver) -> Sequence[str]:
    """`getaddrinfo` knows no deadline: it runs in a thread that we stop waiting for."""
    if host.replace(".", "").isdigit() or ":" in host:
        return resolver(host, port)
    found: list[Sequence[str]] = []
    failed: list[Exception] = []

    def look() -> None:
        try:
            found.append(resolver(host, port))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(min(_left(), DEADLINE_S))
    if failed:
        raise OSError("the name does not resolve") from None
    if not found:
        raise TimeoutError("the name took too long to resolve")
    return found[0]


def checked_addresses(
    host: str, port: int, *, allow_private: bool, resolver: Resolver = system_resolver
) -> Sequence[str]:
    """The addresses of `host`, all of them allowed. One forbidden address refuses the name as a whole.

    Raises `OutboundRefused`; `OSError` (also `TimeoutError`) when the name does not resolve.
    """
    found = _resolve_in_time(host, port, resolver=resolver)
    if not found:
        raise OSError("the name has no address")
    for address in found:
        check(address, allow_private=allow_private)
    return found


def open_socket(
    host: str, port: int, *, allow_private: bool, timeout: float | None, resolver: Resolver = system_resolver
) -> socket.socket:
    """A connected TCP socket to one of the checked addresses of `host`, tried in order; raises as `checked_addresses`."""
    error: OSError = OSError("no address")
    for address in checked_addresses(host, port, allow_private=allow_private, resolver=resolver):
        try:
            sock = socket.create_connection((address, port), timeout=timeout)
        except OSError as refused:
            error = refused
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    raise error


class _Stream(httpcore.NetworkStream):
    """A stream none of whose waits goes past the deadline of the whole call: a byte every second does not keep it open."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - httpcore's signature
        return self._stream.read(max_bytes, _left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, _left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left()))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Resolves once, checks every address, connects to the IP that was checked."""

    def __init__(self, *, allow_private: bool, resolver: Resolver) -> None:
        self._allow_private = allow_private
        self._resolver = resolver
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        error: Exception = httpcore.ConnectError("no address")
        for address in self._addresses(host, port):
            try:
                return _Stream(self._plain.connect_tcp(address, port, _left(), local_address, socket_options))
            except httpcore.ConnectError as refused:
                error = refused
        raise error

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        raise OutboundRefused(f"{path}: no way out through a file ({timeout}, {socket_options})")

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            return checked_addresses(host, port, allow_private=self._allow_private, resolver=self._resolver)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from None
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from None


class Client:
    """A pool of kept-open connections with one rule about private addresses; a pool is never shared between two rules."""

    def __init__(self, *, allow_private: bool, resolver: Resolver = system_resolver) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(),
            max_connections=100,
            max_keepalive_connections=40,
            keepalive_expiry=KEEP_ALIVE_S,
            network_backend=_Backend(allow_private=allow_private, resolver=resolver),
        )

    def request(
        self, method: str, url: str, *, deadline_s: float = DEADLINE_S, max_bytes: int = MAX_BYTES, **content: Any
    ) -> Answer:
        """Send one request (httpx's `data`, `json`, `content`, `headers`, `params`, and `auth=(user, password)`)."""
        request = _request(method, url, **content)
        with _deadline(deadline_s):
            try:
                return self._exchange(request, max_bytes=max_bytes)
            except (httpcore.TimeoutException, TimeoutError):
                raise OutboundFailed(f"{request.url.host}: no answer in {deadline_s:g} s", timed_out=True) from None
            except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol):
                raise OutboundRefused(f"{request.url.host}: the request cannot be written") from None
            except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
                raise OutboundFailed(f"{request.url.host}: {type(error).__name__}") from None

    def _exchange(self, request: httpx.Request, *, max_bytes: int) -> Answer:
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        sent = httpcore.Request(
            method=request.method,
            url=target,
            headers=request.headers.raw,
            content=request.read(),
            # Waiting for a free connection of the pool counts too.
            extensions={"timeout": {"pool": _left()}},
        )
        response = self._pool.handle_request(sent)
        try:
            body = _bounded(response, max_bytes=max_bytes, host=url.host)
        finally:
            response.close()
        return Answer(status=response.status, text=body.decode("utf-8", "replace"))

    def close(self) -> None:
        """Close every kept-open connection."""
        self._pool.close()


def _request(method: str, url: str, *, auth: tuple[str, str] | None = None, **content: Any) -> httpx.Request:
    try:
        request = httpx.Request(method, url, **content)
    except (httpx.InvalidURL, UnicodeError, TypeError, ValueError):
        raise OutboundRefused("this is not an address that can be called") from None
    if request.url.scheme not in {"http", "https"} or not _is_host(request.url):
        raise OutboundRefused("only http and https addresses are called")
    if auth is None and request.url.userinfo:
        auth = (request.url.username, request.url.password)
    if auth is not None:
        request = next(httpx.BasicAuth(*auth).sync_auth_flow(request))
    # A compressed answer of 1 kB can be 1 GB: none is asked for, none is unpacked.
    request.headers["Accept-Encoding"] = "identity"
    request.headers.setdefault("User-Agent", "astreinte")
    return request


def _is_host(url: httpx.URL) -> bool:
    return bool(url.host) and not set(url.host) & set(" %/\\") and 0 < (url.port or 1) <= 65535  # noqa: PLR2004


def _bounded(response: httpcore.Response, *, max_bytes: int, host: str) -> bytes:
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > max_bytes:
            raise OutboundFailed(f"{host}: the answer is larger than {max_bytes} bytes")
    return bytes(body)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@cache
def _client(process: int, *, allow_private: bool) -> Client:  # noqa: ARG001 - a fork must not share sockets
    return Client(allow_private=allow_private)


def warm() -> None:
    """Build the pools now (25 ms of TLS context), so that the first page leaves at once. For the start of a worker."""
    for allow_private in (True, False):
        _client(os.getpid(), allow_private=allow_private)


def get(url: str, *, allow_private: bool, **options: Any) -> Answer:
    """GET through this process's pool; raises `OutboundRefused`, `OutboundFailed`. Options: see `Client.request`."""
    return _client(os.getpid(), allow_private=allow_private).request("GET", url, **options)


def post(url: str, *, allow_private: bool, **options: Any) -> Answer:
    """POST through this process's pool; raises `OutboundRefused`, `OutboundFailed`. Options: see `Client.request`."""
    return _client(os.getpid(), allow_private=allow_private).request("POST", url, **options)
