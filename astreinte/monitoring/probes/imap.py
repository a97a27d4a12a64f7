"""IMAP: the server greets, and may be asked for TLS (RFC 9051)."""

from dataclasses import dataclass
from typing import ClassVar

from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Fact, Look, _, param, register
from astreinte.monitoring.probes.dialogue import Greeter, Talk, agreed


@register
@dataclass(frozen=True, kw_only=True)
class Imap(Greeter):
    """The server must say `* OK`."""

    kind: ClassVar[str] = "imap"
    label: ClassVar[str] = _("IMAP server")
    service: ClassVar[str] = _("Mailboxes (IMAP)")
    tls_port: ClassVar[int] = 993

    port: int = param(label=_("Port"), check=words.port, default=993)

    async def _greeting(self, talk: Talk) -> Look:
        said = await talk.hear()
        return Look(up=said.upper().startswith(("* OK", "* PREAUTH")), summary=said)

    async def _starttls(self, talk: Talk) -> None:
        await talk.say("a1 STARTTLS")
        agreed(await talk.hear_until("A1 "), "A1 OK")

    async def _goodbye(self, talk: Talk) -> dict[str, Fact]:
        await talk.say("a2 LOGOUT")
        return {}
