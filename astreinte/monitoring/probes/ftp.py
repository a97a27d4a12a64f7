"""FTP and FTPS: the server greets, and may be asked for TLS (RFC 959, RFC 4217)."""

from dataclasses import dataclass
from typing import ClassVar

from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Fact, Look, _, param, register
from astreinte.monitoring.probes.dialogue import Greeter, Talk, agreed


@register
@dataclass(frozen=True, kw_only=True)
class Ftp(Greeter):
    """The server must greet with 220. `tls: starttls` is FTPS as AUTH TLS asks for it, port 990 is TLS at once."""

    kind: ClassVar[str] = "ftp"
    label: ClassVar[str] = _("FTP server")
    service: ClassVar[str] = _("File transfer (FTP)")
    tls_port: ClassVar[int] = 990

    port: int = param(label=_("Port"), check=words.port, default=21)

    async def _greeting(self, talk: Talk) -> Look:
        code, said = await talk.hear_reply()
        return Look(up=code == "220", summary=f"{code} {said[0]}")

    async def _starttls(self, talk: Talk) -> None:
        await talk.say("AUTH TLS")
        code, said = await talk.hear_reply()
        agreed(f"{code} {said[0]}", "234")

    async def _goodbye(self, talk: Talk) -> dict[str, Fact]:
        await talk.say("QUIT")
        return {}
