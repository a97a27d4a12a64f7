"""What the probes of servers that greet have in common: a host, a port, TLS now, later or never, and lines."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ClassVar

from astreinte.core import lines
from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Fact, Look, Probe, _, param

# No server greets in more lines than this: what goes on for ever is left before the deadline.
MOST_LINES = 100
TLS = ("auto", "none", "tls", "starttls")
ALSO = {"true": "tls", "false": "none"}


class Talk:
    """One conversation, line by line."""

    def __init__(self, line: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        self._reader, self._writer = line

    async def hear(self) -> str:
        """The next line."""
        return await lines.line(self._reader)

    async def say(self, said: str) -> None:
        """Send one line."""
        self._writer.write(f"{said}\r\n".encode())
        await self._writer.drain()

    async def hear_reply(self) -> tuple[str, list[str]]:
        """The code and the lines of a reply of FTP or SMTP (`220-...`, `220 ...`). Raises `Nonsense`."""
        heard: list[str] = []
        while len(heard) < MOST_LINES:
            said = await self.hear()
            heard.append(said[4:])
            code, goes_on = said[:3], said[3:4] == "-"
            if not (code.isascii() and code.isdigit()) and len(heard) == 1:
                raise lines.Nonsense(said or "an empty line")
            if code.isdigit() and not goes_on:
                return code, heard
        raise lines.Nonsense(f"a reply of more than {MOST_LINES} lines")

    async def hear_until(self, start: str) -> str:
        """The first line that starts so; what comes before it is passed over. Raises `Nonsense`."""
        for _number in range(MOST_LINES):
            said = await self.hear()
            if said.upper().startswith(start):
                return said
        raise lines.Nonsense(f"no {start.strip()} in {MOST_LINES} lines")

    async def ask(self, said: str) -> str:
        """Send one line, hear one."""
        await self.say(said)
        return await self.hear()

    async def encrypt(self, *, name: str, verify: bool) -> None:
        """Go on in TLS."""
        await lines.starttls(self._writer, server_hostname=name, verify=verify)

    @property
    def cipher(self) -> str:
        """The version of TLS, or empty."""
        session = self._writer.get_extra_info("ssl_object")
        return str(session.version()) if session else ""


@dataclass(frozen=True, kw_only=True)
class Greeter(Probe):
    """A server that speaks first. A kind says its ports, what a greeting is, and how TLS is asked for."""

    tls_port: ClassVar[int]

    host: str = param(label=_("Host"), check=words.host)
    port: int = param(label=_("Port"), check=words.port)
    tls: str = param(label=_("Encryption"), check=words.one_of(*TLS, also=ALSO), default="auto", choices=TLS)
    verify: bool = param(label=_("Check the certificate"), check=words.flag, default=True)
    server_name: str = param(label=_("Name in the certificate"), check=words.name, default="")

    async def look(self) -> Look:
        async with self._talk() as talk:
            greeting = await self._greeting(talk)
            if greeting.up and self.tls == "starttls":
                await self._starttls(talk)
                await talk.encrypt(name=self.server_name or self.host, verify=self.verify)
            more = await self._goodbye(talk) if greeting.up else {}
            facts = {"greeting": greeting.summary, **({"tls": talk.cipher} if talk.cipher else {}), **more}
        return Look(up=greeting.up, summary=greeting.summary, facts=facts)

    @asynccontextmanager
    async def _talk(self) -> AsyncIterator[Talk]:
        tls = self.tls == "tls" or (self.tls == "auto" and self.port == self.tls_port)
        name = self.server_name or self.host
        async with lines.connection(self.host, self.port, tls=tls, verify=self.verify, server_hostname=name) as line:
            yield Talk(line)

    async def _greeting(self, talk: Talk) -> Look:
        raise NotImplementedError

    async def _starttls(self, talk: Talk) -> None:
        raise NotImplementedError

    async def _goodbye(self, talk: Talk) -> dict[str, Fact]:
        """Leave as the protocol wants it, so that no log of theirs complains; what was learnt on the way."""
        raise NotImplementedError


def agreed(said: str, start: str) -> None:
    """Raise `Nonsense` unless this answer starts so."""
    if not said.upper().startswith(start):
        raise lines.Nonsense(f"TLS was asked for, the answer is: {said}")
