"""What DNS, the registry and the certificates say of the names of a server. What is in doubt is no fact: it would cost somebody a fee."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from astreinte.monitoring import inquiries
from astreinte.monitoring.models import LookUp
from astreinte.tickets.facts.base import Complaint, fact

# facts.md, 7: how long each of them counts.
COUNTS = {"dns": timedelta(hours=1), "tls": timedelta(hours=1), "rdap": timedelta(days=1)}


class Say(Protocol):
    """One fact of this look-up."""

    def __call__(self, kind: str, value: Any, *, detail: str = "") -> dict[str, Any]: ...


def facts(complaint: Complaint) -> Iterator[dict[str, Any]]:
    """Of each name of a managed service that was looked up lately."""
    for one in inquiries.look_ups(complaint.server):
        at = one.looked_at
        if at is not None and _counts(one, at=at, asked=complaint.at):
            yield from SAYS[one.kind](one.found, partial(fact, source="check", at=at, subject=one.name))


def _counts(one: LookUp, *, at: datetime, asked: datetime) -> bool:
    return one.kind in SAYS and asked - at <= COUNTS[one.kind]


def _dns(found: dict[str, Any], say: Say) -> Iterator[dict[str, Any]]:
    detail = "; ".join(
        f"{one['server']}: {', '.join(one['said']) or one['code'] or one['error']}" for one in found["answers"]
    )
    if found["points"]:
        yield say("dns.answer", found["points"], detail=detail[:500])
    if found["delegation"]:
        yield say("dns.delegation", found["delegation"], detail=", ".join(found["name_servers"])[:500])
    if found["dnssec"]:
        yield say("dns.dnssec", found["dnssec"])


def _tls(found: dict[str, Any], say: Say) -> Iterator[dict[str, Any]]:
    yield say("tls.days_left", found["days_left"], detail=found["issuer"])


def _rdap(found: dict[str, Any], say: Say) -> Iterator[dict[str, Any]]:
    if found["state"]:
        yield say("domain.registration", found["state"], detail=f"{found['domain']} {found['ends_at']}".strip())
    if found["registrar_is"]:
        yield say("domain.registrar", found["registrar_is"], detail=found["registrar"])


SAYS = {"dns": _dns, "tls": _tls, "rdap": _rdap}
