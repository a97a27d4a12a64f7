"""RDAP (RFC 9082, 9083): what the registry says of a domain: its state, until when, and through whom."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from astreinte.core import lines
from astreinte.core.asked import asked_at
from astreinte.monitoring.lookups.base import Asking, Found, register

if TYPE_CHECKING:
    from astreinte.core.fetching import Page

ACCEPTS = (("Accept", "application/rdap+json, application/json"),)
MOST_HOPS, MOST_LEVELS = 3, 3
OK, NOT_FOUND, TOO_MANY = 200, 404, 429
# The states of RFC 8056 that say more than "it is there", worst first.
STATES = (
    ("redemption period", "redemption"),
    ("pending delete", "redemption"),
    ("client hold", "hold"),
    ("server hold", "hold"),
    ("pending transfer", "transfer-pending"),
)


@register
@dataclass(frozen=True, kw_only=True)
class Registration(Asking):
    """The registration of the domain a name is in."""

    kind: ClassVar[str] = "rdap"

    async def ask(self) -> Found:
        for domain in self._domains():
            base = await self._base(domain)
            page = await _get(f"{base.rstrip('/')}/domain/{domain}") if base else None
            if page is not None and page.status == OK:
                return self._read(domain, _object(page))
            if page is not None and page.status != NOT_FOUND:
                raise _answered(page)
        return {"domain": "", "state": "", "ends_at": "", "registrar": "", "registrar_is": ""}

    def _domains(self) -> list[str]:
        """From the shortest that may be registered: the first that the registry knows is the one."""
        labels = self.name.split(".")
        return [".".join(labels[-count:]) for count in range(2, min(len(labels), MOST_LEVELS + 1) + 1)]

    async def _base(self, domain: str) -> str:
        if not self.settings.rdap.endswith(".json"):
            return self.settings.rdap
        page = await _get(self.settings.rdap)
        if page.status != OK:
            raise _answered(page)
        return next(_bases(_object(page), domain.rpartition(".")[2]), "")

    def _read(self, domain: str, said: dict[str, Any]) -> Found:
        registrar = _registrar(said)
        ends = _ends_at(said)
        return {
            "domain": domain,
            "state": _state(said, ends),
            "ends_at": ends.isoformat() if ends else "",
            "registrar": registrar,
            "registrar_is": self._whose(registrar),
        }

    def _whose(self, registrar: str) -> str:
        """Where the provider says under which names it registers."""
        if not self.settings.registrar or not registrar:
            return ""
        ours = {one.casefold() for one in self.settings.registrar}
        return "provider" if registrar.casefold() in ours else "third-party"


def _answered(page: "Page") -> Exception:
    if page.status == TOO_MANY:
        return ConnectionRefusedError("the registry says that we ask too much")
    return lines.Nonsense(f"HTTP {page.status}")


async def _get(url: str) -> "Page":
    """The page; each redirect is a new address, checked like the first."""
    from astreinte.core import fetching

    for _hop in range(MOST_HOPS + 1):
        page = await fetching.get(url, headers=ACCEPTS)
        if not page.goes_to:
            return page
        url = page.goes_to
        if not url.startswith(("https://", "http://")):
            break
    raise lines.Nonsense("redirects that lead nowhere")


def _object(page: "Page") -> dict[str, Any]:
    try:
        said = json.loads(page.text)
    except (ValueError, RecursionError):
        raise lines.Nonsense("an answer that is not JSON") from None
    if not isinstance(said, dict):
        raise lines.Nonsense("an answer that is not an object")
    return said


def _bases(bootstrap: dict[str, Any], suffix: str) -> Iterator[str]:
    """The addresses that a bootstrap file gives for this top-level domain."""
    for service in _each(bootstrap.get("services")):
        if isinstance(service, list) and len(service) == 2:  # noqa: PLR2004 - RFC 9224: names, addresses
            named, addresses = service
            if suffix in {str(one).lower() for one in _each(named)}:
                yield from (str(one) for one in _each(addresses) if str(one).startswith("https://"))


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _state(said: dict[str, Any], ends: datetime | None) -> str:
    """One word of facts.md; nothing when the registry says nothing that we know."""
    states = {str(one).lower() for one in _each(said.get("status"))}
    for theirs, ours in STATES:
        if theirs in states:
            return ours
    if ends is not None and ends < asked_at():
        return "expired"
    return "active" if states & {"active", "ok"} or ends is not None else ""


def _ends_at(said: dict[str, Any]) -> datetime | None:
    for event in _each(said.get("events")):
        if isinstance(event, dict) and event.get("eventAction") == "expiration":
            return _instant(str(event.get("eventDate", "")))
    return None


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _registrar(said: dict[str, Any]) -> str:
    for entity in _each(said.get("entities")):
        if isinstance(entity, dict) and "registrar" in _each(entity.get("roles")):
            return _full_name(entity)
    return ""


def _full_name(entity: dict[str, Any]) -> str:
    """The name on the card (RFC 7095): `["vcard", [["fn", {}, "text", "A Registrar"]]]`."""
    card = _each(entity.get("vcardArray"))
    for line in _each(card[1] if len(card) > 1 else None):
        if isinstance(line, list) and len(line) > 3 and line[0] == "fn":  # noqa: PLR2004 - name, parameters, type, value
            return str(line[3])
    return ""
