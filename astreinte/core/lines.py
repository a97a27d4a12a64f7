"""Lines to other machines for asyncio: every address is checked when the socket opens, every read is bounded.

A name is resolved once, all its addresses are checked, a checked IP is connected to; SNI keeps the name. Which private
addresses are allowed is said once, around the whole conversation (`allowing`), so that no caller can forget it. The
deadline is the caller's, by `asyncio.timeout`: whatever waits here can be cancelled and leaves no socket open.
"""

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from aiohappyeyeballs import start_connection

from astreinte.core.addresses import IpAddress, OutboundRefused, check, parsed

__all__ = [
    "Nonsense",
    "OutboundRefused",
    "Resolver",
    "Socket",
    "Unresolved",
    "addresses",
    "allowing",
    "ask",
    "blocking",
    "connect",
    "connection",
    "line",
    "plug",
    "roots",
    "socket_to",
    "starttls",
    "tls_context",
    "trouble",
]

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
T = TypeVar("T")
Socket = socket.socket
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]

LIMIT = 64 * 1024
LARGEST_DATAGRAM = 65_535
# The second address of a name is tried beside the first after this (RFC 8305): a dead IPv6 route costs a quarter second.
HEAD_START_S = 0.25
# getaddrinfo blocks a thread until the resolver gives up: names that hang must not keep the others waiting.
RESOLVING = 64
# Conversations of libraries that wait, each held by a server for one deadline at most.
TALKING = 64


class Unresolved(OSError):  # noqa: N818 - an answer, not an error
    """The name has no address, or nobody could say."""


class Nonsense(Exception):  # noqa: N818
    """The other side speaks, but not this protocol. The text may hold what it said."""


@dataclass(frozen=True, kw_only=True)
class _Rule:
    private: frozenset[IpAddress] = frozenset()
    resolver: Resolver | None = None


# What the network says of the other side; any other number is about this machine (no file descriptor left, no route out).
_THEIRS = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, None}


_rule: ContextVar[_Rule] = ContextVar("_rule", default=_Rule())  # noqa: B039 - frozen


@contextmanager
def allowing(*, private: Collection[str] = (), resolver: Resolver | None = None) -> Iterator[None]:
    """In this block these private addresses are allowed, and names are resolved by `resolver`. Outside: none.

    A name that leads to another one, by the DNS or by a redirect, leads nowhere.
    """
    token = _rule.set(_Rule(private=frozenset(filter(None, map(parsed, private))), resolver=resolver))
    try:
        yield
    finally:
        _rule.reset(token)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(RESOLVING, thread_name_prefix="resolve")


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Every address of this name, as the machine resolves it, IPv4 in any of its spellings included."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_threads(), lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def addresses(host: str, port: int) -> Sequence[str]:
    """The addresses of `host`, all of them allowed: one forbidden address refuses the name as a whole.

    Raises `OutboundRefused`, `Unresolved`.
    """
    found = [host] if _is_address(host) else await _resolved(host, port)
    for address in found:
        _check(address)
    return found


def _check(address: str) -> None:
    check(address, allow_private=parsed(address) in _rule.get().private)


def _is_address(host: str) -> bool:
    return parsed(host) is not None


async def _resolved(host: str, port: int) -> Sequence[str]:
    try:
        found = await (_rule.get().resolver or system_resolver)(host, port)
    except (socket.gaierror, UnicodeError):
        raise Unresolved(f"{host} does not resolve") from None
    if not found:
        raise Unresolved(f"{host} has no address")
    return found


def plug(entry: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
    """A socket for this address, checked once more: where a library connects by itself, no address passes unseen."""
    family, kind, proto, _name, address = entry
    _check(str(address[0]))
    return socket.socket(family, kind, proto)


async def socket_to(host: str, port: int) -> socket.socket:
    """A connected TCP socket to a checked address of `host`; raises as `addresses`, and `OSError`."""
    found = [_entry(address, port) for address in await addresses(host, port)]
    sock = await start_connection(found, happy_eyeballs_delay=HEAD_START_S, socket_factory=plug)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


async def blocking(host: str, port: int, talk: Callable[[Socket], T]) -> T:
    """What `talk` makes of a checked socket, in a thread: for libraries that wait.

    When the caller stops waiting the line is cut under the library, so that no thread outlives its look for long.
    """
    sock = await socket_to(host, port)
    sock.setblocking(True)
    with sock.dup() as ours:
        talking = _talkers().submit(_close_after, talk, sock)
        try:
            return await asyncio.wrap_future(talking)
        finally:
            if talking.cancelled():  # it never began
                sock.close()
            with suppress(OSError):
                ours.shutdown(socket.SHUT_RDWR)


def _close_after(talk: Callable[[Socket], T], sock: socket.socket) -> T:
    with sock:
        return talk(sock)


@cache
def _talkers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(TALKING, thread_name_prefix="talk")


def _entry(address: str, port: int) -> tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port)


@cache
def tls_context(*, verify: bool = True) -> ssl.SSLContext:
    """The one context of each kind: building one takes 25 ms. Without `verify`, whoever answers is believed."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@cache
def roots() -> str:
    """The file of the certificates this machine believes, for a library that has a context of its own."""
    import certifi

    return ssl.get_default_verify_paths().cafile or certifi.where()


async def connect(
    host: str, port: int, *, tls: bool = False, verify: bool = True, server_hostname: str | None = None
) -> Line:
    """A reader and a writer on a checked address; certificates are checked for `server_hostname`, else `host`.

    Raises `OutboundRefused`, `Unresolved`, `OSError` (`ssl.SSLError` too). Prefer `connection`, which closes.
    """
    sock = await socket_to(host, port)
    options = {"ssl": tls_context(verify=verify), "server_hostname": server_hostname or host} if tls else {}
    try:
        return await asyncio.open_connection(sock=sock, limit=LIMIT, **options)  # type: ignore[arg-type]
    except BaseException:
        sock.close()
        raise


@asynccontextmanager
async def connection(
    host: str, port: int, *, tls: bool = False, verify: bool = True, server_hostname: str | None = None
) -> AsyncIterator[Line]:
    """`connect`, and nothing left open at the end of the block, however it ends."""
    reader, writer = await connect(host, port, tls=tls, verify=verify, server_hostname=server_hostname)
    try:
        yield reader, writer
    finally:
        await _hang_up(writer)


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    """Close at once: a polite end of TLS waits for the other side, which may never answer."""
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


async def starttls(writer: asyncio.StreamWriter, *, server_hostname: str, verify: bool = True) -> None:
    """Go on in TLS, on the line that is open."""
    await writer.start_tls(tls_context(verify=verify), server_hostname=server_hostname)


async def line(reader: asyncio.StreamReader) -> str:
    """The next line, without its end. Raises `Nonsense` when it is endless, `ConnectionError` when there is none."""
    try:
        said = await reader.readline()
    except ValueError:
        raise Nonsense(f"a line longer than {LIMIT} bytes") from None
    if not said:
        raise ConnectionResetError("closed before an answer")
    return said.decode("utf-8", "replace").rstrip("\r\n")


async def ask(host: str, port: int, question: bytes) -> bytes:
    """One datagram to the first checked address of `host`, and the one that comes back from it."""
    address = (await addresses(host, port))[0]
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setblocking(False)
        asking.connect((address, port))  # nobody else's datagrams reach it
        asking.send(question)
        return await asyncio.get_running_loop().sock_recv(asking, LARGEST_DATAGRAM)


def trouble(error: Exception) -> tuple[str, str] | None:
    """A stable word and a sentence for what the network did; None when it is a defect, or this machine's own trouble."""
    for kinds, slug, sentence in _TROUBLES:
        if isinstance(error, kinds):
            return slug, sentence or _reason(error)
    if isinstance(error, OSError) and error.errno in _THEIRS:
        return "refused", _reason(error)
    return None


def _reason(error: Exception) -> str:
    said = getattr(error, "verify_message", "") or getattr(error, "reason", "") or getattr(error, "strerror", "")
    return str(said or error) or type(error).__name__


_TROUBLES: list[tuple[type[Exception] | tuple[type[Exception], ...], str, str]] = [
    (OutboundRefused, "forbidden", ""),
    (TimeoutError, "timeout", "No answer in time"),
    (Nonsense, "nonsense", ""),
    (Unresolved, "unresolved", "The name does not resolve"),
    (ssl.SSLError, "tls", ""),
    (ConnectionRefusedError, "refused", "Connection refused"),
    ((ConnectionError, EOFError), "closed", "The connection was closed"),
]
