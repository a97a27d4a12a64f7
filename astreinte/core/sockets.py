"""Open a TCP socket to an address that was checked, before a deadline: what HTTP, SMTP and the probes share."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from astreinte.core.addresses import check

Resolver = Callable[[str, int], Sequence[str]]

DEADLINE_S = 10.0

_ends_at: ContextVar[float] = ContextVar("_ends_at", default=float("inf"))


def system_resolver(host: str, port: int) -> list[str]:
    """Every address of this name, as the machine resolves it, IPv4 in any of its spellings included."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def left() -> float:
    """Seconds until the deadline of this call; raises `TimeoutError` past it."""
    remaining = _ends_at.get() - time.monotonic()
    if remaining <= 0:
        raise TimeoutError("deadline passed")
    return remaining


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Everything opened, read and written in this block ends within so many seconds."""
    token = _ends_at.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends_at.reset(token)


class NoLongerWanted(Exception):  # noqa: N818 - an outcome
    """What was about to leave is not ours to send any more; nothing whole has left."""


_wanted: ContextVar[Callable[[], bool] | None] = ContextVar("_wanted", default=None)
_leaving = threading.Lock()


@contextmanager
def only_while(wanted: Callable[[], bool]) -> Iterator[None]:
    """In this block `wanted` is asked each time bytes are about to leave; NoLongerWanted is raised when it says no."""
    token = _wanted.set(wanted)
    try:
        yield
    finally:
        _wanted.reset(token)


def leave(write: Callable[[], None]) -> None:
    """Give bytes to the system, one at a time in a process from the question to the end of the write.

    So that whenever it is stopped (reliability, F15), one message at most was asked about and has not left.
    """
    wanted = _wanted.get()
    if wanted is None:
        write()
        return
    with _leaving:
        if not wanted():
            raise NoLongerWanted
        write()


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
    thread.join(min(left(), DEADLINE_S))
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
    """A TCP socket to one of the checked addresses of `host`, tried in order; raises as `checked_addresses`."""
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
