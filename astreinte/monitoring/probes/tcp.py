"""TCP: a port accepts, and answers what is expected of it, if anything is."""

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from astreinte.core import lines
from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Look, Probe, _, param, register

# What is read while looking for the expected text.
READ = 64 * 1024


@register
@dataclass(frozen=True, kw_only=True)
class Tcp(Probe):
    """The port must accept a connection, and say `expects` where that is given."""

    kind: ClassVar[str] = "tcp"
    label: ClassVar[str] = _("TCP port")
    service: ClassVar[str] = _("Network service (TCP)")

    host: str = param(label=_("Host"), check=words.host)
    port: int = param(label=_("Port"), check=words.port)
    sends: str = param(label=_("Line to send"), check=words.text, default="")
    expects: str = param(label=_("Text expected in the answer"), check=words.text, default="")

    async def look(self) -> Look:
        async with lines.connection(self.host, self.port) as (reader, writer):
            if self.sends:
                writer.write(f"{self.sends}\r\n".encode())
                await writer.drain()
            if not self.expects:
                return Look(up=True, summary=f"port {self.port} accepts connections")
            said = await _said(reader, until=self.expects.encode())
        if not said:
            raise ConnectionResetError("closed before an answer")
        return Look(up=self.expects.encode() in said, summary=said.decode("utf-8", "replace"))


async def _said(reader: asyncio.StreamReader, *, until: bytes) -> bytes:
    """What comes, up to the expected text, the end of the line if the text is not in it, or too much."""
    heard = bytearray()
    while until not in heard and b"\n" not in heard and len(heard) < READ:
        more = await reader.read(4096)
        if not more:
            break
        heard += more
    return bytes(heard)
