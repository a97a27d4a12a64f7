"""One HTTP exchange over TLS where the server is asked for HTTP/2 first, on sockets that `core/lines.py` checks."""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore

from astreinte.core import lines


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """What came back, in which version (`HTTP/2`). `body` is its start; the names of the headers are in small letters."""

    version: str
    status: int
    headers: dict[str, str]
    body: bytes


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, line: lines.Line) -> None:
        self._reader, self._writer = line

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109 - theirs
        said = await self._reader.read(max_bytes)
        if not said and self._session and self._session.selected_alpn_protocol() == "h2":
            raise ConnectionResetError("closed before the end")
        return said

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        self._writer.write(buffer)
        await self._writer.drain()

    async def aclose(self) -> None:
        self._writer.transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        return self

    def get_extra_info(self, info: str) -> Any:
        return self._session if info == "ssl_object" else None

    @property
    def _session(self) -> Any:
        return self._writer.get_extra_info("ssl_object")


class _Backend(httpcore.AsyncNetworkBackend):
    """Every line is one of `lines`: resolved once, checked, connected to."""

    async def connect_tcp(  # noqa: PLR0917 - theirs
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await lines.connect(host, port))


@cache
def _context(*, verify: bool) -> ssl.SSLContext:
    """Not the one of `lines`: httpcore writes in it which versions are offered."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def get(url: str, *, headers: Iterable[tuple[str, str]], verify: bool, limit: int) -> Exchange:
    """GET this https address; the body is left after `limit` bytes. Raises `OutboundRefused`, `lines.Nonsense`, `OSError`."""
    pool = httpcore.AsyncConnectionPool(ssl_context=_context(verify=verify), http2=True, network_backend=_Backend())
    async with pool:
        try:
            async with pool.stream("GET", url, headers=list(headers)) as answer:
                return await _read(answer, limit=limit)
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
            raise lines.Nonsense(f"the answer is not HTTP ({type(error).__name__})") from None


async def _read(answer: httpcore.Response, *, limit: int) -> Exchange:
    body = bytearray()
    async for chunk in answer.aiter_stream():
        body += chunk
        if len(body) >= limit:
            break
    return Exchange(
        version=answer.extensions["http_version"].decode("ascii", "replace"),
        status=answer.status,
        headers={name.decode("latin-1").lower(): said.decode("latin-1") for name, said in answer.headers},
        body=bytes(body[:limit]),
    )
