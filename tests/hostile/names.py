"""The names of the small Internet: a real DNS server, whose answers live for no second and may differ each time."""

import asyncio
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Zone(asyncio.DatagramProtocol):
    """For each name its answers by type, one list after the other and round again; an `A` or `AAAA` may follow a `CNAME`."""

    def __init__(self, file: Path) -> None:
        said: dict[str, dict[str, list[list[str]]]] = json.loads(file.read_text(encoding="utf-8"))
        self._turns: dict[tuple[str, str], Iterator[list[str]]] = {
            (name, kind): itertools.cycle(turns) for name, kinds in said.items() for kind, turns in kinds.items()
        }

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._transport.sendto(self.answer(data), addr)

    def answer(self, wire: bytes) -> bytes:
        """The answer to this question, whole."""
        asked = dns.message.from_wire(wire)
        said = dns.message.make_response(asked)
        said.flags |= dns.flags.RA
        name, kind = asked.question[0].name, dns.rdatatype.to_text(asked.question[0].rdtype)
        said.answer = list(self._chain(name.to_text().lower(), kind))
        return said.to_wire()

    def _chain(self, name: str, kind: str) -> Iterator[dns.rrset.RRset]:
        if aliases := self._next(name, "CNAME"):
            yield dns.rrset.from_text(name, 0, "IN", "CNAME", *aliases)
            yield from self._chain(aliases[0], kind)
        elif found := self._next(name, kind):
            yield dns.rrset.from_text(name, 0, "IN", kind, *found)

    def _next(self, name: str, kind: str) -> list[str]:
        turns = self._turns.get((name.rstrip("."), kind))
        return next(turns) if turns else []


async def serve(file: Path, *addresses: str) -> None:
    """Answer on these addresses."""
    for address in addresses:
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: Zone(file), local_addr=(address, DNS))


DNS = 53
