"""Servers to look at, in a process of their own: HTTP, TCP, SSH, FTP, IMAP and DNS on free ports of this machine."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

import dns.message
import dns.rrset

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 512\r\nConnection: close\r\n\r\n" + b"x" * 512
GREETINGS = {"tcp": b"", "ssh": b"SSH-2.0-OpenSSH_9.9\r\n", "ftp": b"220 ready\r\n", "imap": b"* OK ready\r\n"}


async def _page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, EOFError):
        await reader.readuntil(b"\r\n\r\n")
    writer.write(PAGE)
    await _gone(writer)


async def _gone(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


def _greets(greeting: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        with suppress(OSError):
            await reader.read()
        await _gone(writer)

    return talk


class _Names(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        asked = dns.message.from_wire(data)
        answer = dns.message.make_response(asked)
        name = asked.question[0].name
        answer.answer = [dns.rrset.from_text(name, 60, "IN", "A", "192.0.2.10")]
        self.transport.sendto(answer.to_wire(), addr)  # type: ignore[attr-defined]


async def main() -> None:
    ports = {"http": await _served(_page)}
    for kind, greeting in GREETINGS.items():
        ports[kind] = await _served(_greets(greeting))
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(_Names, local_addr=("127.0.0.1", 0))
    ports["dns"] = transport.get_extra_info("sockname")[1]
    print(json.dumps(ports), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # until whoever started us is gone


async def _served(talk: Talk) -> int:
    server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=1000)
    return int(server.sockets[0].getsockname()[1])


if __name__ == "__main__":
    asyncio.run(main())
