"""One ICMP echo to a checked address: by an unprivileged socket, else a raw one, else the `ping` of the machine."""

import asyncio
import errno
import itertools
import re
import secrets
import shutil
from contextlib import suppress
from enum import StrEnum
from functools import cache

import icmplib

from astreinte.core import lines

TOOK = re.compile(rb"time=([0-9.]+) ms")
# `ping` ends by itself even if nobody waits for it any more.
PATIENCE_S = 10
_numbers = itertools.count()


class Path(StrEnum):
    """How an echo leaves this machine."""

    SOCKET = "socket"
    RAW = "raw socket"
    PROGRAM = "ping"
    NONE = ""


@cache
def path() -> Path:
    """The first way that this process may use; the same until it ends."""
    for way, privileged in ((Path.SOCKET, False), (Path.RAW, True)):
        with suppress(icmplib.ICMPLibError), icmplib.ICMPv4Socket(privileged=privileged):
            return way
    return Path.PROGRAM if shutil.which("ping") else Path.NONE


async def echo(host: str, *, by: Path | None = None) -> float:
    """Milliseconds until the first checked address of `host` answered; waits as long as the caller does.

    Raises as `lines.addresses`, and `OSError`: unreachable, or no way to ask from this machine.
    """
    address = (await lines.addresses(host, 0))[0]
    match path() if by is None else by:
        case Path.NONE:
            raise OSError(errno.EPERM, "this machine may not send an echo: see astreinte doctor")
        case Path.PROGRAM:
            return await _by_program(address)
        case way:
            return await _by_socket(address, privileged=way is Path.RAW)


async def _by_socket(address: str, *, privileged: bool) -> float:
    kind = icmplib.ICMPv6Socket if ":" in address else icmplib.ICMPv4Socket
    # a raw socket hears the answers to everybody: ours is the one with this number and this chance
    request = icmplib.ICMPRequest(address, secrets.randbelow(0x10000), next(_numbers) % 0x10000)
    try:
        with icmplib.AsyncSocket(kind(privileged=privileged)) as sock:
            sock.sock.connect((address, 0))  # the kernel passes on what this address sends, and nothing else
            sock.send(request)
            reply = await sock.receive(request, timeout=PATIENCE_S * 10)
            reply.raise_for_status()
    except icmplib.ICMPLibError as error:
        inside = error.__context__
        raise inside if isinstance(inside, OSError) else OSError(errno.EHOSTUNREACH, str(error)) from None
    return float((reply.time - request.time) * 1000)


async def _by_program(address: str) -> float:
    words = ["ping", "-n", "-c", "1", "-W", str(PATIENCE_S), "-w", str(PATIENCE_S), "--", address]
    pipe = asyncio.subprocess.PIPE
    asking = await asyncio.create_subprocess_exec(*words, stdout=pipe, stderr=asyncio.subprocess.DEVNULL)
    try:
        said, _nothing = await asking.communicate()
    finally:
        if asking.returncode is None:
            asking.kill()
            await asking.wait()
    if took := TOOK.search(said):
        return float(took[1])
    raise OSError(errno.EHOSTUNREACH, "no echo came back")
