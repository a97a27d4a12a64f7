"""The only way out: every address is checked when the socket opens, and every call ends by its deadline.

A name is resolved once, all its addresses are checked, the checked IP is connected to; Host and SNI keep the name. So a
rebinding name, an odd way to write 127.0.0.1 or a redirect (never followed) leads nowhere it should not.
"""

import atexit
import json as jsonlib
import os
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore
import httpx

from astreinte.core.addresses import OutboundRefused, check
from astreinte.core.sockets import (
    DEADLINE_S,
    NoLongerWanted,
    Resolver,
    checked_addresses,
    deadline,
    leave,
    left,
    only_while,
    open_socket,
    system_resolver,
)

__all__ = [
    "DEADLINE_S",
    "Answer",
    "Client",
    "NoLongerWanted",
    "OutboundFailed",
    "OutboundRefused",
    "check",
    "checked_addresses",
    "deadline",
    "get",
    "leave",
    "only_while",
    "open_socket",
    "post",
    "warm",
]

MAX_BYTES = 64 * 1024
# Kept longer than the pause between two pages of a night: the first request finds an open connection most of the time.
KEEP_ALIVE_S = 55.0


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


class _Stream(httpcore.NetworkStream):
    """A stream whose waits all end at the deadline of the whole call: a byte every second does not keep it open."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - httpcore's signature
        return self._stream.read(max_bytes, left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        leave(lambda: self._stream.write(buffer, left()))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left()))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Resolves once, checks every address, connects to the IP that was checked."""

    def __init__(self, *, allow_private: bool, resolver: Resolver) -> None:
        self._allow_private = allow_private
        self._resolver = resolver
        self._plain = httpcore.SyncBackend()

    def connect_tcp(  # noqa: PLR0917 - httpcore's signature
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
                return _Stream(self._plain.connect_tcp(address, port, left(), local_address, socket_options))
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
    """A pool of kept-open connections under one rule about private addresses; never shared between two rules."""

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
        with deadline(deadline_s):
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
            extensions={"timeout": {"pool": left()}},
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
    client = Client(allow_private=allow_private)
    atexit.register(client.close)
    return client


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
