"""POP3: the server greets, and may be asked for TLS (RFC 1939, RFC 2595)."""

from dataclasses import dataclass
from typing import ClassVar

from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Fact, Look, _, param, register
from astreinte.monitoring.probes.dialogue import Greeter, Talk, agreed


@register
@dataclass(frozen=True, kw_only=True)
class Pop3(Greeter):
    """The server must say `+OK`."""

    kind: ClassVar[str] = "pop3"
    label: ClassVar[str] = _("POP3 server")
    service: ClassVar[str] = _("Mailboxes (POP3)")
    tls_port: ClassVar[int] = 995

    port: int = param(label=_("Port"), check=words.port, default=995)

    async def _greeting(self, talk: Talk) -> Look:
        said = await talk.hear()
        return Look(up=said.upper().startswith("+OK"), summary=said)

    async def _starttls(self, talk: Talk) -> None:
        agreed(await talk.ask("STLS"), "+OK")

    async def _goodbye(self, talk: Talk) -> dict[str, Fact]:
        await talk.say("QUIT")
        return {}
