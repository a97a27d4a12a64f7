"""Who answers in the small Internet: everybody, at every address; some of them with what is meant to hurt."""

import asyncio
import gzip
from contextlib import suppress
from urllib.parse import unquote_to_bytes

from tests.probe_servers import Handler, babbles, babbles_in_a_frame, drips, floods, greeter, mysql, packet

# The addresses below are public: nobody is called there, the machine of the test is a world of its own.
RESOLVER, SITE, SLOW, FLOOD, BOMB, ENDLESS, BABBLER = (f"198.41.1.{number}" for number in (53, 1, 2, 3, 4, 5, 6))
SPEAKERS = [SITE, SLOW, FLOOD, BOMB, ENDLESS, BABBLER]
INSIDE = "10.0.0.1"
HTTP = {80, 8080}
PORTS = sorted({21, 22, 25, 53, 110, 143, 443, 993, 3306, 5432, *HTTP})
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """`/go/302/WHERE` redirects, `/hop/3/WHERE` after three steps at home, `/meta/`, `/refresh/` by other means."""
    request = await reader.readuntil(b"\r\n\r\n")
    _empty, way, number, where, *_ = [*request.split(b" ")[1].split(b"/", 3), b"", b"", b""]
    target = unquote_to_bytes(where)
    if way == b"go":
        writer.write(_redirect(number, target))
    elif way == b"hop":
        left = int(number) - 1
        writer.write(_redirect(b"302", b"/hop/%d/%s" % (left, where) if left else target))
    elif way == b"meta":
        writer.write(_page(b'<meta http-equiv="refresh" content="0;url=%s"><img src="%s">' % (target, target)))
    elif way == b"refresh":
        more = b'Refresh: 0;url=%s\r\nContent-Location: %s\r\nAlt-Svc: h2="%s"\r\nLink: <%s>; rel=preload\r\n'
        writer.write(OK.replace(b"Content", more % (target, target, target, target) + b"Content", 1))
    else:
        writer.write(OK)
    await writer.drain()


def _redirect(status: bytes, target: bytes) -> bytes:
    return b"HTTP/1.1 %s Elsewhere\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % (status, target)


def _page(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def bomb(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A gigabyte in a megabyte."""
    await reader.read(4096)
    body = gzip.compress(b"\0" * 10_000_000) * 100
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body))
    writer.write(body)
    await writer.drain()


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Headers without an end."""
    await reader.read(4096)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: %s\r\n" % (b"x" * 1000))
        await writer.drain()


async def database(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """PostgreSQL that says no to TLS, then asks for a password in clear."""
    await reader.read(4096)
    writer.write(b"N")
    await reader.read(4096)
    writer.write(b"R\0\0\0\x08\0\0\0\x03")
    await reader.read(4096)


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Whoever begins TLS is left: that they came is all we want to know."""
    await reader.read(4096)


async def shell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """SSH that has nothing but a name."""
    writer.write(f"SSH-2.0-{INSIDE}\r\n".encode())
    await reader.read(4096)


# Each says, in its own protocol: go and see there.
BOUNCERS: dict[int, Handler] = {
    21: greeter(
        "220 227 Entering Passive Mode (10,0,0,1,0,80)",
        {
            "AUTH": f"504 go to ftp://{INSIDE}/",
            "QUIT": "227 Entering Passive Mode (10,0,0,1,0,80)",
            "PASV": "227 (10,0,0,1,0,80)",
        },
    ),
    22: shell,
    25: greeter(
        f"220 {INSIDE} ESMTP", {"EHLO": "250-x\r\n250 STARTTLS", "QUIT": f"251 will forward to <root@[{INSIDE}]>"}
    ),
    53: babbles_in_a_frame,
    110: greeter(f"+OK [REFERRAL pop://{INSIDE}/]", {"QUIT": f"+OK {INSIDE}"}),
    143: greeter(
        f"* OK [REFERRAL imap://{INSIDE}/] ready", {"a": f"* BYE [REFERRAL imap://{INSIDE}/]\r\na1 OK\r\na2 OK"}
    ),
    443: hangs_up,
    993: babbles,
    3306: mysql(packet(2, b"\xfb/etc/passwd")),  # LOAD DATA LOCAL: it asks for a file of ours
    5432: database,
}
WAYS: dict[str, Handler] = {SLOW: drips, FLOOD: floods, BOMB: bomb, ENDLESS: endless, BABBLER: babbles}


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Whoever is called here answers as the address and the port want it."""
    address, port = writer.get_extra_info("sockname")[:2]
    handler = WAYS.get(address) or (web if port in HTTP else BOUNCERS[port])
    with suppress(OSError, EOFError, asyncio.LimitOverrunError, ValueError):
        await handler(reader, writer)
    writer.close()


async def serve() -> None:
    """Listen everywhere, in both families."""
    for port in PORTS:
        await asyncio.start_server(talk, "0.0.0.0", port)  # noqa: S104 - the whole of a world that has no outside
        await asyncio.start_server(talk, "::", port)
