"""TLS: who issued the certificate a site shows, for which names, until when, and whether the chain is believed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from astreinte.core import lines
from astreinte.core.asked import asked_at
from astreinte.monitoring.lookups.base import Asking, Found, register

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, Name

MOST_NAMES = 12


@register
@dataclass(frozen=True, kw_only=True)
class Shown(Asking):
    """The certificate of the name, as a visitor's browser gets it."""

    kind: ClassVar[str] = "tls"

    port: int = 443

    async def ask(self) -> Found:
        certificate, version = await self._certificate()
        ends = certificate.not_valid_after_utc
        return {
            "issuer": _who(certificate.issuer),
            "names": _names(certificate)[:MOST_NAMES],
            "starts_at": certificate.not_valid_before_utc.isoformat(),
            "ends_at": ends.isoformat(),
            "days_left": round((ends - asked_at()) / timedelta(days=1), 1),
            "version": version,
            "refused": await self._refused(),
        }

    async def _certificate(self) -> "tuple[Certificate, str]":
        """Believing anybody: what has expired, or is of another name, is shown too."""
        from cryptography import x509

        async with lines.connection(self.name, self.port, tls=True, verify=False) as (_reader, writer):
            session = writer.get_extra_info("ssl_object")
            encoded, version = session.getpeercert(binary_form=True), str(session.version())
        try:
            return x509.load_der_x509_certificate(encoded), version
        except ValueError:
            raise lines.Nonsense("a certificate that cannot be read") from None

    async def _refused(self) -> str:
        """Why a browser would not believe it; empty when it would."""
        try:
            async with lines.connection(self.name, self.port, tls=True):
                return ""
        except OSError as error:
            trouble = lines.trouble(error)
            if trouble is None or trouble[0] != "tls":
                raise
            return trouble[1]


def _who(name: "Name") -> str:
    from cryptography.x509.oid import NameOID

    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        found = name.get_attributes_for_oid(kind)
        if found:
            return str(found[0].value)
    return ""


def _names(certificate: "Certificate") -> list[str]:
    from cryptography import x509

    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return [str(one) for one in extension.value.get_values_for_type(x509.DNSName)]
    except (x509.ExtensionNotFound, ValueError):
        return []
