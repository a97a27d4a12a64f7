"""One HTTP exchange for asyncio, on sockets that `core/lines.py` checks; nothing is followed, nothing unpacked."""

import re
import ssl
from collections.abc import Iterable, Mapping
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
    """What came back, in which `version` of HTTP. `goes_to` is where a redirect points; `text` is the start of the body."""

    version: str
    status: int
    text: str
    size: int
    goes_to: str


# A compressed answer of 1 kB can be 1 GB: none is asked for, none is unpacked.
OURS = (("User-Agent", "astreinte"), ("Accept-Encoding", "identity"))


async def get(
    url: str,
    *,
    headers: Iterable[tuple[str, str]] = (),
    auth: tuple[str, str] | None = None,
    verify: bool = True,
    http2: bool = False,
) -> Page:
    """GET this address on a connection of its own; with `http2`, in that version where the server has it, over https.

    Raises `OutboundRefused`, `lines.Nonsense`, `OSError` (`ssl.SSLError`, `ConnectionError` and `lines.Unresolved` too).
    """
    basic = [("Authorization", aiohttp.encode_basic_auth(*auth))] if auth else []
    said = [*headers, *basic]
    return await (_newer if http2 else _plain)(url, headers=said, verify=verify)


async def _newer(url: str, *, headers: list[tuple[str, str]], verify: bool) -> Page:
    from astreinte.core import http2

    named = {name.lower() for name, _said in headers}
    ours = [one for one in OURS if one[0].lower() not in named]
    got = await http2.get(str(URL(url)), headers=[*ours, *headers], verify=verify, limit=MAX_BYTES)
    charset = re.search(r"charset=[\"']?([\w.:-]+)", got.headers.get("content-type", ""), re.IGNORECASE)
    return Page(
        version=got.version,
        status=got.status,
        text=_text(got.body, charset[1] if charset else None),
        size=len(got.body),
        goes_to=_target(got.status, got.headers, URL(url)),
    )


async def _plain(url: str, *, headers: list[tuple[str, str]], verify: bool) -> Page:
    connector = aiohttp.TCPConnector(
        resolver=_Resolver(),
        socket_factory=lines.plug,
        ssl=lines.tls_context(verify=verify),
        use_dns_cache=False,
        force_close=True,
        # a server that answers our farewell late would keep its socket for half a minute after the look
        enable_cleanup_closed=aiohttp.connector.NEEDS_CLEANUP_CLOSED,
    )
    session = aiohttp.ClientSession(
        connector=connector,
        headers=OURS,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
    )
    async with session:
        try:
            return await _exchange(session, url, headers=headers)
        except aiohttp.ClientError as error:
            raise _plainly(error) from None


async def _exchange(session: aiohttp.ClientSession, url: str, *, headers: list[tuple[str, str]]) -> Page:
    async with session.get(url, headers=headers, allow_redirects=False) as answer:
        body = await _start(answer)
        version = answer.version
        return Page(
            version=f"HTTP/{version.major}.{version.minor}" if version else "HTTP",
            status=answer.status,
            text=_text(body, answer.charset),
            size=len(body),
            goes_to=_target(answer.status, answer.headers, answer.url),
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


def _target(status: int, headers: Mapping[str, str], url: URL) -> str:
    if status not in {301, 302, 303, 307, 308}:
        return ""
    try:
        return str(url.join(URL(headers.get("Location", headers.get("location", "")))))
    except ValueError:
        raise lines.Nonsense(f"HTTP {status} to an address that cannot be read") from None


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
