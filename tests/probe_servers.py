"""Servers for the probes, in the loop of the test: well, silent, dripping, closing, or saying nonsense."""

import asyncio
import contextlib
import gc
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import dns.message
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests import loops

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]
AT = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
NONSENSE = b"\x1b[31m\xe2\x80\xae nonsense\x00 of a server \xff\r\n"


@dataclass
class Served:
    """Where the server is, and how many connections or datagrams it saw."""

    port: int
    seen: list[object] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)


def play(story: Coroutine[Any, Any, Any]) -> Any:
    """Run one story in a loop of its own; what it left open is found now, not in somebody else's test."""

    async def alone() -> Any:
        told = await asyncio.wait_for(story, 20)
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        assert left == []
        return told

    try:
        return loops.run(alone())
    finally:
        gc.collect(1)  # the young: a whole collection takes longer than the story


@contextlib.asynccontextmanager
async def serving(handler: Handler, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Served]:
    """A server on a free port of this machine, gone at the end with all its conversations."""
    tasks = set()
    served = Served(0)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.seen.append(writer)
        served.arrived.set()
        tasks.add(asyncio.current_task())
        try:
            with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
                await handler(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def silent(reader, writer):
    """Accepts, and never says a word."""
    while await reader.read(4096):
        pass


async def drips(reader, writer):
    """One byte now and then, for ever: never a whole line."""
    while True:
        writer.write(b"2")
        await writer.drain()
        await asyncio.sleep(0.05)


async def floods(reader, writer):
    """Bytes as fast as they are read, and no end of line."""
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def closes(reader, writer):
    """Hangs up at once."""


async def babbles(reader, writer):
    """Says what no protocol says, and what it was told besides."""
    writer.write(NONSENSE)
    await writer.drain()
    heard = await reader.read(4096)
    writer.write(heard + NONSENSE)
    await writer.drain()
    await reader.read()


async def babbles_in_a_frame(reader, writer):
    """The same, behind a length, as DNS over TCP frames it."""
    writer.write(len(NONSENSE).to_bytes(2) + NONSENSE)
    await writer.drain()
    await reader.read()


def greeter(greeting: str, replies: dict[str, str], *, tls: ssl.SSLContext | None = None, before: str = "") -> Handler:
    """A server that greets, answers commands by their first words, and goes on in TLS after the command `before`."""

    async def handler(reader, writer):
        writer.write(f"{greeting}\r\n".encode())
        while said := (await reader.readline()).decode().strip():
            reply = next((reply for start, reply in replies.items() if said.startswith(start)), "500 what?")
            writer.write(f"{reply}\r\n".encode())
            await writer.drain()
            if before and said == before:
                await writer.start_tls(tls)

    return handler


def site(pages: dict[str, bytes], *, heard: list[str] | None = None) -> Handler:
    """A web server: the raw answer of each path."""

    async def handler(reader, writer):
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        if heard is not None:
            heard.append(request)
        writer.write(pages.get(request.split()[1], b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
        await writer.drain()

    return handler


def page(body: str = "All is well", status: str = "200 OK", *more: str) -> bytes:
    """An HTTP answer."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}", *more])
    return f"{head}\r\n\r\n{body}".encode()


def redirect(to: str) -> bytes:
    """An answer that sends elsewhere."""
    return page("", "302 Found", f"Location: {to}")


def answered(wire: bytes, *texts: str, record: str = "A") -> bytes:
    """The answer of a name server to a question."""
    question = dns.message.from_wire(wire)
    answer = dns.message.make_response(question)
    answer.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", record, *texts))
    return answer.to_wire()


async def names(reader, writer):
    """A name server over TCP: every name is 192.0.2.10."""
    wire = await reader.readexactly(int.from_bytes(await reader.readexactly(2)))
    answer = answered(wire, "192.0.2.10")
    writer.write(len(answer).to_bytes(2) + answer)
    await writer.drain()


def postgres(kind: bytes = b"R", body: bytes = b"\0\0\0\n") -> Handler:
    """A PostgreSQL that says one thing to whoever begins: by default, that it wants a password."""

    async def handler(reader, writer):
        await reader.readexactly(int.from_bytes(await reader.readexactly(4)) - 4)
        writer.write(kind + (len(body) + 4).to_bytes(4) + body)
        await writer.drain()
        await reader.read()

    return handler


def refusal(code: str, said: str) -> bytes:
    """What PostgreSQL says when it lets nobody in."""
    return f"SFATAL\0C{code}\0M{said}\0\0".encode()


def packet(number: int, body: bytes) -> bytes:
    """A packet of MySQL."""
    return len(body).to_bytes(3, "little") + bytes([number]) + body


GREETING = b"\x0a11.4.2-MariaDB\0" + bytes(4) + b"saltsalt\0" + b"\xff\xf7\x21\x02\0\xff\x81\x15" + bytes(10)
GREETING += b"saltsaltsalt\0mysql_native_password\0"


def mysql(*replies: bytes, greeting: bytes = packet(0, GREETING)) -> Handler:
    """A MySQL that greets, and gives these packets to what it is told, one each."""

    async def handler(reader, writer):
        writer.write(greeting)
        for reply in replies:
            size = int.from_bytes((await reader.readexactly(4))[:3], "little")
            await reader.readexactly(size)
            writer.write(reply)
        await writer.drain()
        await reader.read()

    return handler


def turned_away(code: int, said: str, *, number: int = 2) -> bytes:
    """What MySQL says when it lets nobody in."""
    return packet(number, b"\xff" + code.to_bytes(2, "little") + b"#28000" + said.encode())


@contextlib.asynccontextmanager
async def answering(reply: Callable[[bytes], bytes | None], *, port: int = 0) -> AsyncIterator[Served]:
    """A server of datagrams."""
    served = Served(0)

    class Datagrams(asyncio.DatagramProtocol):
        def datagram_received(self, data, addr):
            served.seen.append(data)
            if answer := reply(data):
                transport.sendto(answer, addr)

    loop = asyncio.get_running_loop()
    transport, _protocol = await loop.create_datagram_endpoint(Datagrams, local_addr=("127.0.0.1", port))
    served.port = transport.get_extra_info("sockname")[1]
    try:
        yield served
    finally:
        transport.abort()
        await asyncio.sleep(0)


def certificate(folder: Path, *, days: float = 90, at: datetime = AT, who: str = "", also: str = "") -> Path:
    """A certificate of `localhost` that signed itself, of the organisation `who`, with its key, in one file; `also` is one more name."""
    key = ec.generate_private_key(ec.SECP256R1())
    organisation = [x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, who)] if who else []
    name = x509.Name([*organisation, x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    others = [x509.DNSName(also)] if also else []
    local = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    names = x509.SubjectAlternativeName([*others, *local])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(at - timedelta(days=3650))
        .not_valid_after(at + timedelta(days=days))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"certificate-{days}.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def tls_of(path: Path) -> ssl.SSLContext:
    """What a server needs to speak TLS with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
