"""SMTP: the server greets, answers EHLO, and may be asked for TLS (RFC 5321, RFC 3207). No letter is sent."""

from dataclasses import dataclass
from typing import ClassVar

from astreinte.core.lines import Nonsense
from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Fact, Look, _, param, register
from astreinte.monitoring.probes.dialogue import Greeter, Talk, agreed


@register
@dataclass(frozen=True, kw_only=True)
class Smtp(Greeter):
    """The server must greet with 220 and answer EHLO with 250."""

    kind: ClassVar[str] = "smtp"
    label: ClassVar[str] = _("SMTP server")
    service: ClassVar[str] = _("Sending mail (SMTP)")
    tls_port: ClassVar[int] = 465

    port: int = param(label=_("Port"), check=words.port, default=25)
    helo: str = param(label=_("Name given in EHLO"), check=words.host, default="astreinte.invalid")

    async def _greeting(self, talk: Talk) -> Look:
        code, said = await talk.hear_reply()
        return Look(up=code == "220", summary=f"{code} {said[0]}")

    async def _starttls(self, talk: Talk) -> None:
        await self._ehlo(talk)
        await talk.say("STARTTLS")
        code, said = await talk.hear_reply()
        agreed(f"{code} {said[0]}", "220")

    async def _goodbye(self, talk: Talk) -> dict[str, Fact]:
        offered = await self._ehlo(talk)
        await talk.say("QUIT")
        return {"starttls_offered": "STARTTLS" in offered}

    async def _ehlo(self, talk: Talk) -> list[str]:
        """What the server offers."""
        await talk.say(f"EHLO {self.helo}")
        code, said = await talk.hear_reply()
        if code != "250":
            raise Nonsense(f"to EHLO the answer is: {code} {said[0]}")
        return [one.strip().upper() for one in said]
