"""TLS: the certificate is valid, and for how long. Its dates are told even when it has expired."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from astreinte.core import lines
from astreinte.core.asked import asked_at
from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Fact, Look, Probe, _, param, register

DAYS = words.whole(0, 3650)


@register
@dataclass(frozen=True, kw_only=True)
class Tls(Probe):
    """The certificate must not expire within `days`; under `warn_days` the fact `warning` is true."""

    kind: ClassVar[str] = "tls"
    label: ClassVar[str] = _("TLS certificate")
    service: ClassVar[str] = _("Certificate (TLS)")

    host: str = param(label=_("Host"), check=words.host)
    port: int = param(label=_("Port"), check=words.port, default=443)
    server_name: str = param(label=_("Name in the certificate"), check=words.name, default="")
    days: int = param(label=_("Down under this many days"), check=DAYS, default=0)
    warn_days: int = param(label=_("Warning under this many days"), check=DAYS, default=14)
    verify: bool = param(label=_("Check the chain and the name"), check=words.flag, default=True)

    async def look(self) -> Look:
        seen = await self._dates()
        if seen.up and self.verify:
            # a second connection: the first one believes anybody, so that an expired certificate still gives its dates
            async with lines.connection(self.host, self.port, tls=True, server_hostname=self.server_name or self.host):
                pass
        return seen

    async def _dates(self) -> Look:
        from cryptography import x509

        name = self.server_name or self.host
        async with lines.connection(self.host, self.port, tls=True, verify=False, server_hostname=name) as (_r, writer):
            session = writer.get_extra_info("ssl_object")
            encoded, version = session.getpeercert(binary_form=True), str(session.version())
        try:
            certificate = x509.load_der_x509_certificate(encoded)
            starts, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        except ValueError:
            raise lines.Nonsense("a certificate that cannot be read") from None
        left = (ends - asked_at()) // timedelta(days=1)
        up = starts <= asked_at() < ends and left >= self.days
        facts: dict[str, Fact] = {
            "days_left": left,
            "expires_at": ends.isoformat(),
            "warning": left < self.warn_days,
            "tls": version,
        }
        return Look(up=up, summary=_sentence(left, ends.date().isoformat(), started=starts <= asked_at()), facts=facts)


def _sentence(left: int, date: str, *, started: bool) -> str:
    if not started:
        return "the certificate is not valid yet"
    return f"the certificate expires in {left} days, on {date}" if left >= 0 else f"the certificate expired on {date}"
