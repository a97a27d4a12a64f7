"""DNS: one given server answers a question, with what is expected (RFC 1035)."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from astreinte.core import naming
from astreinte.monitoring.probes import words
from astreinte.monitoring.probes.base import Fact, Look, Probe, _, param, register

if TYPE_CHECKING:
    from dns.message import Message

TYPES = ("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT", "CAA")


def record_type(value: Any) -> str:
    """One of the types of records."""
    said = str(value).strip().upper()
    if said not in TYPES:
        raise ValueError(f"write one of {', '.join(TYPES)}")
    return said


def question(value: Any) -> str:
    """A name as a DNS question has it: with its labels, and no other sign."""
    said = words.text(value).strip().lower()
    labels = said.rstrip(".").split(".")
    if not all(0 < len(one) <= 63 and one.isascii() and not set(one) & set(" /\\@:") for one in labels):  # noqa: PLR2004
        raise ValueError("write a name, as in www.example.com")
    return said


@register
@dataclass(frozen=True, kw_only=True)
class Dns(Probe):
    """The server must answer the question; where `expects` is given, with all of that."""

    kind: ClassVar[str] = "dns"
    label: ClassVar[str] = _("DNS server")
    service: ClassVar[str] = _("Domain name (DNS)")

    host: str = param(label=_("DNS server to ask"), check=words.host)
    port: int = param(label=_("Port"), check=words.port, default=53)
    name: str = param(label=_("Name to look up"), check=question)
    record: str = param(label=_("Type of record"), check=record_type, default="A", choices=TYPES)
    expects: tuple[str, ...] = param(label=_("Expected answers"), check=words.several(words.text), default=())
    tcp: bool = param(label=_("Ask over TCP"), check=words.flag, default=False)

    async def look(self) -> Look:
        import dns.rcode

        answer = await naming.exchange(self.host, self.port, self._question, tcp=self.tcp)
        return self._judged(answer, dns.rcode.to_text(answer.rcode()))

    @cached_property
    def _question(self) -> "Message":
        import dns.message

        return dns.message.make_query(self.name, self.record, id=naming.NO_NUMBER)

    def _judged(self, answer: "Message", code: str) -> Look:
        said = sorted({str(one).lower() for group in answer.answer for one in group if _is(group, self.record)})
        facts: dict[str, Fact] = {"code": code, "answers": ", ".join(said)}
        if self.record == "SOA" and said:
            facts["serial"] = int(said[0].split()[2])
        missing = [one for one in self.expects if one.lower().rstrip(".") not in {each.rstrip(".") for each in said}]
        summary = f"{code} {', '.join(said)}" if not missing else f"{code} {', '.join(said)}; missing: {missing[0]}"
        return Look(up=code == "NOERROR" and bool(said) and not missing, summary=summary, facts=facts)


def _is(group: Any, record: str) -> bool:
    """The chain of CNAMEs that leads to an answer is not the answer."""
    from dns.rdatatype import to_text

    return to_text(group.rdtype) == record
