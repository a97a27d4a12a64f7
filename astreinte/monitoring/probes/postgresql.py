"""PostgreSQL: the server answers the start of a conversation and, where a user is given, a question."""

import asyncio
import os
from dataclasses import dataclass
from typing import Any, ClassVar

from astreinte.core import lines
from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Fact, Look, _, param, register
from astreinte.monitoring.probes.database import Database

# What is said first: https://www.postgresql.org/docs/current/protocol-message-formats.html
ASK_TLS = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
VERSION_3 = b"\x00\x03\x00\x00"
GOODBYE = b"X\x00\x00\x00\x04"
LONGEST = 32 * 1024
# A server that says who may not come in, or that there is no such database, is well: it was asked by a stranger.
WELL = ("28", "3D")


@register
@dataclass(frozen=True, kw_only=True)
class Postgresql(Database):
    """The server must answer; with a `user` it must let them in and answer `SELECT 1`."""

    kind: ClassVar[str] = "postgresql"
    label: ClassVar[str] = _("PostgreSQL server")
    service: ClassVar[str] = _("Database (PostgreSQL)")

    port: int = param(label=_("Port"), check=words.port, default=5432)
    database: str = param(label=_("Database"), check=words.text, default="postgres")

    async def look(self) -> Look:
        async with lines.connection(self.host, self.port) as (reader, writer):
            if self.tls == "tls":
                await self._encrypt(reader, writer)
            writer.write(self._hello())
            seen = _judged(*await _message(reader))
            writer.write(GOODBYE)
            address = writer.get_extra_info("peername")[0]
        return await self._asked(address) if seen.up and self.user else seen

    async def _encrypt(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ASK_TLS)
        if await reader.readexactly(1) != b"S":
            raise lines.Nonsense("TLS was asked for, the server refuses it")
        await lines.starttls(writer, server_hostname=self.server_name or self.host, verify=self.verify)

    def _hello(self) -> bytes:
        said = {"user": self.user or "astreinte", "database": self.database, "application_name": "astreinte"}
        body = VERSION_3 + b"".join(f"{name}\0{value}\0".encode() for name, value in said.items()) + b"\0"
        return (len(body) + 4).to_bytes(4) + body

    async def _asked(self, address: str) -> Look:
        """A conversation of a driver, with the very address that has just answered: no name is resolved again."""
        import psycopg

        try:
            async with await psycopg.AsyncConnection.connect(**self._parameters(address)) as connection:
                async for row in connection.cursor().stream("SELECT 1"):  # one row at a time: an answer has no end
                    version = connection.info.parameter_status("server_version") or "?"
                    return _answered(row, version)
        except psycopg.Error as error:
            return Look(up=False, summary=_reason(error))
        raise lines.Nonsense("no answer to SELECT 1")

    def _parameters(self, address: str) -> dict[str, Any]:
        """Nothing is left to the environment or the files of whoever runs this."""
        sure = self.tls == "tls" and self.verify
        mode = {"auto": "prefer", "none": "disable", "tls": "verify-full" if sure else "require"}[self.tls]
        return {
            "host": self.server_name or self.host,
            "hostaddr": address,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": self.database,
            "sslmode": mode,
            "sslrootcert": lines.roots() if sure else os.devnull,
            "sslcertmode": "disable",
            "gssencmode": "disable",
            "passfile": os.devnull,
            "options": "",
            # a password in the clear goes to a server that proved its name, to no other
            "require_auth": "" if sure else "!password",
            "application_name": "astreinte",
            "autocommit": True,
        }


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The type and the body of what the server says. Raises `Nonsense`."""
    kind = await reader.readexactly(1)
    size = int.from_bytes(await reader.readexactly(4)) - 4
    if kind not in {b"R", b"E"} or not 0 <= size <= LONGEST:
        raise lines.Nonsense(f"no PostgreSQL: {kind!r}")
    return kind, await reader.readexactly(size)


def _judged(kind: bytes, body: bytes) -> Look:
    if kind == b"R":
        return Look(up=True, summary="PostgreSQL answers")
    said = {part[:1]: part[1:].decode("utf-8", "replace") for part in body.split(b"\0") if part}
    code, words_said = said.get(b"C", ""), said.get(b"M", "an error without words")
    facts: dict[str, Fact] = {"code": code}
    return Look(up=code.startswith(WELL), summary=f"PostgreSQL answers: {words_said}", facts=facts)


def _answered(row: tuple[object, ...], version: str) -> Look:
    return Look(up=row == (1,), summary=f"PostgreSQL {version}: SELECT 1 gives {row[0]}", facts={"version": version})


def _reason(error: Exception) -> str:
    """What the server says, without the address that the driver puts before it."""
    said = str(error).splitlines()
    return f"PostgreSQL answers: {said[0].rpartition('failed: ')[2]}" if said else type(error).__name__
