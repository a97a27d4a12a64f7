"""DNS: what each server of the zone answers for a name, what the resolvers of the world answer, and whether they agree."""

import asyncio
import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from astreinte.core import lines, naming
from astreinte.monitoring.lookups.base import Asking, Found, register

if TYPE_CHECKING:
    from dns.message import Message

# A zone has thirteen servers at most in practice; a hostile one would have hundreds.
MOST_SERVERS = 8
MOST_ANSWERS = 8
MOST_PORT = 65535
# One server that is silent must leave room for the others.
PATIENCE_S = 2.5
BOTH = ("A", "AAAA")
NOERROR, NXDOMAIN, SERVFAIL = "NOERROR", "NXDOMAIN", "SERVFAIL"


@dataclass(frozen=True, kw_only=True)
class Server:
    """A name server: what it is called, and where it is."""

    name: str
    address: str
    port: int = naming.PORT

    @classmethod
    def read(cls, text: str) -> "Server":
        """From the address of a resolver, as `192.0.2.53` or `192.0.2.53#5353`."""
        address, _, port = text.partition("#")
        return cls(name=text, address=address, port=int(port or naming.PORT))

    @classmethod
    def checked(cls, text: str) -> str:
        """The same text, if it is an address with a port; raises ValueError."""
        server = cls.read(text)
        if not 0 < server.port <= MOST_PORT:
            raise ValueError(text)
        ipaddress.ip_address(server.address)
        return text


@register
@dataclass(frozen=True, kw_only=True)
class Names(Asking):
    """Each authoritative server and each resolver, asked together. `port` is that of the authoritative ones."""

    kind: ClassVar[str] = "dns"

    port: int = naming.PORT

    async def ask(self) -> Found:
        resolvers = [Server.read(one) for one in self.settings.resolvers]
        zone, named = await self._zone(resolvers)
        authorities = [server for one in named[:MOST_SERVERS] for server in await self._placed(one, resolvers)]
        answers, dnssec = await asyncio.gather(self._all(authorities, resolvers), _dnssec(self.name, resolvers))
        return {
            "zone": zone,
            "name_servers": sorted(named),
            "answers": answers,
            "points": self._points(answers),
            "agree": len({tuple(one["said"]) for one in answers if not one["error"]}) <= 1,
            "delegation": self._delegation(named),
            "dnssec": dnssec,
        }

    async def _zone(self, resolvers: Sequence[Server]) -> tuple[str, list[str]]:
        """The zone this name is in, and its servers, as the first resolver that answers says."""
        labels = self.name.split(".")
        for start in range(len(labels) - 1):
            zone = ".".join(labels[start:])
            answer = await first(zone, "NS", resolvers)
            found = said(answer, "NS") if answer else []
            if found:
                return zone, [one.rstrip(".") for one in found]
        return "", []

    async def _placed(self, name: str, resolvers: Sequence[Server]) -> list[Server]:
        answer = await first(name, "A", resolvers) or await first(name, "AAAA", resolvers)
        return [Server(name=name, address=one, port=self.port) for one in said(answer, *BOTH)[:1] if answer is not None]

    async def _all(self, authorities: Sequence[Server], resolvers: Sequence[Server]) -> list[Found]:
        asked = [(one, "authority") for one in authorities] + [(one, "resolver") for one in resolvers]
        return list(await asyncio.gather(*(self._one(server, role) for server, role in asked)))

    async def _one(self, server: Server, role: str) -> Found:
        """What one server answers for the addresses of the name, of both families."""
        began = asyncio.get_running_loop().time()
        answers = [await _asked(server, self.name, record, wants_cache=role == "resolver") for record in BOTH]
        heard = [one for one, _error in answers if one is not None]
        error = next((error for _one, error in answers if error), "")
        return {
            "role": role,
            "server": server.name,
            "code": _code(heard[0]) if heard else "",
            "said": sorted({text for one in heard for text in said(one, *BOTH)})[:MOST_ANSWERS],
            "ttl": min((group.ttl for one in heard for group in one.answer), default=None),
            "ms": round((asyncio.get_running_loop().time() - began) * 1000),
            "error": "" if heard else error,
        }

    def _points(self, answers: Iterable[Found]) -> str:
        """Whether the resolvers lead here; nothing when they do not agree, or when we cannot know."""
        heard = [one for one in answers if one["role"] == "resolver" and not one["error"]]
        found = {self._leads(one) for one in heard}
        return found.pop() if len(found) == 1 and self.addresses else ""

    def _leads(self, one: Found) -> str:
        if one["code"] == NXDOMAIN:
            return "nxdomain"
        if one["code"] != NOERROR:
            return "servfail"
        if not one["said"]:
            return "no-record"
        return "ours" if set(one["said"]) & set(self.addresses) else "elsewhere"

    def _delegation(self, named: Sequence[str]) -> str:
        """Who runs the servers of the zone, where the provider says which are its own; nothing for a mixture."""
        ours = {one.rstrip(".").lower() for one in self.settings.name_servers}
        if not ours or not named:
            return ""
        theirs = {one in ours for one in named}
        return "" if len(theirs) > 1 else "provider" if theirs.pop() else "third-party"


async def first(name: str, record: str, resolvers: Sequence[Server]) -> "Message | None":
    """What the first resolver that answers says."""
    for server in resolvers:
        answer, _error = await _asked(server, name, record, wants_cache=True)
        if answer is not None and _code(answer) in {NOERROR, NXDOMAIN}:
            return answer
    return None


async def _asked(server: Server, name: str, record: str, *, wants_cache: bool) -> "tuple[Message | None, str]":
    """What this server answers, or why there is none."""
    question = _question(name, record)
    if question is None:
        return None, "unresolved"
    if not wants_cache:
        question.flags &= ~_recursion()
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await naming.exchange(server.address, server.port, question), ""
    except Exception as error:
        trouble = lines.trouble(error)
        if trouble is None:
            raise
        return None, trouble[0]


def _question(name: str, record: str, **options: Any) -> "Message | None":
    import dns.exception
    import dns.message

    try:
        return dns.message.make_query(name, record, id=naming.NO_NUMBER, **options)
    except dns.exception.DNSException:
        return None


def _recursion() -> int:
    import dns.flags

    return int(dns.flags.RD)


def _code(answer: "Message") -> str:
    import dns.rcode

    return dns.rcode.to_text(answer.rcode())


def said(answer: "Message | None", *records: str) -> list[str]:
    """The records of these types in an answer, as text."""
    import dns.rdatatype

    if answer is None:
        return []
    groups = [group for group in answer.answer if dns.rdatatype.to_text(group.rdtype) in records]
    return [str(one).lower() for group in groups for one in group]


async def _dnssec(name: str, resolvers: Sequence[Server]) -> str:
    """What a resolver that validates says of the signature; nothing when none of them shows that it does."""
    import dns.flags

    for server in resolvers:
        checked = await _signed(server, name, flags=dns.flags.RD | dns.flags.AD)
        if checked is None:
            continue
        if _code(checked) == SERVFAIL:
            unchecked = await _signed(server, name, flags=dns.flags.RD | dns.flags.CD)
            return "bogus" if unchecked is not None and _code(unchecked) == NOERROR else ""
        if checked.flags & dns.flags.AD:
            return "valid"
        # signed, and nobody said that it was checked: we do not know
        return "" if said(checked, "RRSIG") else "unsigned"
    return ""


async def _signed(server: Server, name: str, *, flags: int) -> "Message | None":
    question = _question(name, "A", want_dnssec=True)
    if question is None:
        return None
    question.flags = flags
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await naming.exchange(server.address, server.port, question)
    except Exception as error:
        if lines.trouble(error) is None:
            raise
        return None
