"""Ping: the machine answers an ICMP echo (RFC 792, RFC 4443)."""

from dataclasses import dataclass
from typing import ClassVar

from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Look, Probe, _, param, register


@register
@dataclass(frozen=True, kw_only=True)
class Ping(Probe):
    """The machine must answer one echo."""

    kind: ClassVar[str] = "ping"
    label: ClassVar[str] = _("Answer to a ping")
    service: ClassVar[str] = _("Answers on the network (ping)")
    down: ClassVar[str] = _("%(where)s does not answer on the network")

    host: str = param(label=_("Host"), check=words.host)

    async def look(self) -> Look:
        from astreinte.core import echoes

        took = await echoes.echo(self.host)
        return Look(up=True, summary=f"answered in {took:.1f} ms", facts={"ms": round(took, 3)})
