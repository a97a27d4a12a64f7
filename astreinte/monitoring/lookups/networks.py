"""Whose network an address is in: its autonomous system, from a zone of the DNS that says it (as Team Cymru's does)."""

import ipaddress
from dataclasses import dataclass
from typing import ClassVar

from astreinte.monitoring.lookups import names
from astreinte.monitoring.lookups.base import Asking, Found, register


@register
@dataclass(frozen=True, kw_only=True)
class Network(Asking):
    """`name` is the address of whoever asks. The zone answers `64500 | 203.0.113.0/24 | FR | ripencc | 2020-01-01`."""

    kind: ClassVar[str] = "asn"

    async def ask(self) -> Found:
        resolvers = [names.Server.read(one) for one in self.settings.resolvers]
        answer = await names.first(question(self.name, self.settings.networks), "TXT", resolvers)
        said = next(iter(names.said(answer, "TXT")), "").strip('"')
        number = said.partition("|")[0].split()
        return {"asn": int(number[0]) if number and number[0].isdecimal() else 0}


def question(address: str, zone: str) -> str:
    """`7.113.0.203.origin.example` for 203.0.113.7; of IPv6 each digit, under `origin6` where the zone begins with `origin`."""
    parsed = ipaddress.ip_address(address)
    reverse = parsed.reverse_pointer.rsplit(".", 2)[0]
    if parsed.version == 6 and zone.startswith("origin."):  # noqa: PLR2004
        zone = f"origin6.{zone.removeprefix('origin.')}"
    return f"{reverse}.{zone}"
