"""One HTTP exchange for asyncio, on sockets that `core/lines.py` checks; nothing is followed, nothing unpacked."""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from astreinte.core import lines

# Enough to find a sentence in a page; a body of 10 GB is left there.
MAX_BYTES = 256 * 1024


class _Resolver(AbstractResolver):
    """Names by the rule of `lines`. A literal address never comes here: it is `lines.plug` that sees it."""

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        del family  # every address is checked, and tried, whatever its family
        return [_entry(host, port, address) for address in await lines.addresses(host, port)]

    async def close(self) -> None:
        """Nothing is kept."""


def _entry(host: str, port: int, address: str) -> ResolveResult:
    return ResolveResult(hostname=host, host=address, port=port, family=0, proto=0, flags=0)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What came back. `goes_to` is where a redirect points, else empty; `text` is the start of the body."""

    status: int
    text: str
    size: int
    goes_to: str


async def get(
    url: str, *, headers: Iterable[tuple[str, str]] = (), auth: tuple[str, str] | None = None, verify: bool = True
) -> Page:
    """GET this address on a connection of its own.

    Raises `OutboundRefused`, `lines.Nonsense`, `OSError` (`ssl.SSLError`, `ConnectionError` and `lines.Unresolved` too).
    """
    connector = aiohttp.TCPConnector(
        resolver=_Resolver(),
        socket_factory=lines.plug,
        ssl=lines.tls_context(verify=verify),
        use_dns_cache=False,
        force_close=True,
    )
    session = aiohttp.ClientSession(
        connector=connector,
        # A compressed answer of 1 kB can be 1 GB: none is asked for, none is unpacked.
        headers={"User-Agent": "astreinte", "Accept-Encoding": "identity"},
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
    )
    async with session:
        try:
            return await _exchange(session, url, headers=headers, auth=auth)
        except aiohttp.ClientError as error:
            raise _plainly(error) from None


async def _exchange(
    session: aiohttp.ClientSession, url: str, *, headers: Iterable[tuple[str, str]], auth: tuple[str, str] | None
) -> Page:
    basic = [("Authorization", aiohttp.encode_basic_auth(*auth))] if auth else []
    async with session.get(url, headers=[*headers, *basic], allow_redirects=False) as answer:
        body = await _start(answer)
        return Page(
            status=answer.status,
            text=_text(body, answer.charset),
            size=len(body),
            goes_to=_target(answer),
        )


async def _start(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) >= MAX_BYTES:
            answer.close()
            break
    return bytes(body[:MAX_BYTES])


def _text(body: bytes, charset: str | None) -> str:
    try:
        return body.decode(charset or "utf-8", "replace")
    except (LookupError, UnicodeError):  # a charset that nobody knows, or one that refuses its bytes
        return body.decode("utf-8", "replace")


def _target(answer: aiohttp.ClientResponse) -> str:
    if answer.status not in {301, 302, 303, 307, 308}:
        return ""
    try:
        return str(answer.url.join(URL(answer.headers.get("Location", ""))))
    except ValueError:
        raise lines.Nonsense(f"HTTP {answer.status} to an address that cannot be read") from None


def _plainly(error: aiohttp.ClientError) -> Exception:
    """An error of aiohttp as the socket's own, or as nonsense: what is said of a failure must not depend on the library."""
    inside = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    if isinstance(inside, OSError | ssl.CertificateError):
        return inside
    if isinstance(error, aiohttp.InvalidURL):
        return lines.OutboundRefused("this is not an address that can be called")
    if isinstance(error, OSError):
        return ConnectionResetError("the connection was cut")
    if isinstance(error, aiohttp.ServerConnectionError | aiohttp.ClientPayloadError):
        return ConnectionResetError("closed before the end of the answer")
    # not its text: that repeats the bytes that came, and a password of ours in a spelling nobody would know
    return lines.Nonsense(f"the answer is not HTTP ({type(error).__name__})")


def origin(url: str) -> str:
    """Scheme, host and port: what credentials may be sent to."""
    return str(URL(url).origin())
