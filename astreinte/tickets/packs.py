"""The packs of a ticket: which wait to be sealed, what each holds, and the file the customer checks alone. Reads only."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from astreinte.core import digests
from astreinte.core.exports import instant
from astreinte.tickets import verify
from astreinte.tickets.models import Diagnosis, Evidence, Pack, PackItem, Ticket
from astreinte.tickets.states import DiagnosisState

# A pack waits this long for the diagnosis of its ticket: three times what a diagnosis may take.
PATIENCE = timedelta(seconds=30)
# A pack holds at most this many items: what is over is counted in its receipt.
MOST_ITEMS = 500


def due(*, at: datetime, limit: int = 50) -> list[Pack]:
    """The packs whose time has come, and that wait for no diagnosis any more; oldest first."""
    if not Pack.objects.filter(sealed_at=None, due_at__lte=at).exists():  # asked all the time, and nearly always so
        return []
    looking = Diagnosis.objects.filter(state=DiagnosisState.RUNNING, started_at__gt=at - PATIENCE)
    waiting = Pack.objects.filter(~Exists(looking.filter(ticket=OuterRef("ticket"))), sealed_at=None, due_at__lte=at)
    related = waiting.select_related("ticket__server__plan", "ticket__customer", "ticket__consent", "ticket__opened_by")
    return list(related.order_by("due_at", "pk")[:limit])


def sealed(ticket: Ticket) -> QuerySet[Pack]:
    """The packs of a ticket that are sealed, in order."""
    return Pack.objects.filter(ticket=ticket, sealed_at__isnull=False).order_by("number")


def to_come(ticket: Ticket) -> QuerySet[Pack]:
    """Those that are not, the next one first."""
    return Pack.objects.filter(ticket=ticket, sealed_at=None).order_by("due_at", "pk")


def loose(ticket: Ticket) -> QuerySet[Evidence]:
    """The evidence of a ticket that is in no pack yet, oldest first."""
    return Evidence.objects.filter(ticket=ticket, packed=None).order_by("pk")


def ready_for(pack: Pack, *, at: datetime) -> QuerySet[Evidence]:
    """What this pack takes: what is frozen now, for it, and what was before the next one was asked for."""
    following = to_come(pack.ticket).filter(asked_at__gt=pack.asked_at).order_by("asked_at").first()
    mine = loose(pack.ticket)
    return mine.filter(Q(frozen_at=at) | Q(frozen_at__lt=following.asked_at)) if following else mine


def proofs_of(ticket: Ticket) -> QuerySet[Evidence]:
    """What a verdict on this ticket may rest on, oldest first: every door that offers or takes it asks here."""
    return Evidence.objects.filter(ticket=ticket).order_by("pk")


def places(ticket: Ticket) -> dict[UUID, int]:
    """The number of the pack of each piece of evidence that is in one."""
    rows = PackItem.objects.filter(pack__ticket=ticket).order_by().values_list("evidence__public_id", "pack__number")
    return {key: number for key, number in rows if number}


def known_bodies(ticket: Ticket) -> set[tuple[str, str]]:
    """What is frozen already, each by its kind and the SHA-256 of its body: nobody freezes the same thing twice."""
    rows = Evidence.objects.filter(ticket=ticket).order_by().values_list("kind", "body")
    return {(kind, digests.sha256(body)) for kind, body in rows}


def item(evidence: Evidence, *, number: int) -> dict[str, Any]:
    """A piece of evidence as it is in its pack, but for its link in the chain."""
    kept = {
        "number": number,
        "id": str(evidence.public_id),
        "kind": evidence.kind,
        "at": instant(evidence.at),
        "frozen_at": instant(evidence.frozen_at),
        "sha256": evidence.sha256,
    }
    if evidence.erased_at:
        return {**kept, "erased": instant(evidence.erased_at)}
    said = {**kept, "text": evidence.text, "body": _read(evidence.body)}
    return {**said, "salt": evidence.salt} if evidence.salted else said


def commitment(evidence: Evidence) -> str:
    """What its words give for `sha256`."""
    if not evidence.salted:
        return digests.sha256(evidence.body)
    return verify.committed(evidence.salt, evidence.text, _read(evidence.body))


def receipt(pack: Pack) -> dict[str, Any]:
    """What was written when it was sealed."""
    found = _read(pack.receipt)
    return found if isinstance(found, dict) else {}


def _read(text: str) -> Any:
    """The value of a canonical text; any other is given as it is, and matches no digest."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if verify.canonical(found) == text else text


def document(ticket: Ticket) -> dict[str, Any]:
    """All the sealed packs of a ticket, in the format of verify.py."""
    packs = sealed(ticket).prefetch_related("items__evidence")
    receipts = [receipt(pack) for pack in packs]
    items = [[_chained(*one) for one in linked(pack)] for pack in packs]
    found = [{"receipt": said, "items": held} for said, held in zip(receipts, items, strict=True)]
    root = receipts[-1].get("sha256", "") if receipts else ""
    return {"format": verify.format_of(found), "ticket": ticket.ref, "packs": found, "root": root}


def linked(pack: Pack) -> Iterator[tuple[PackItem, str]]:
    """Its items in order, each with the chain that leads to it."""
    chain = receipt(pack).get("previous", "")
    for row in pack.items.all():
        yield row, chain
        chain = row.chain


def _chained(row: PackItem, before: str) -> dict[str, Any]:
    """With its link. One without a salt that was erased has the chain before it as well: its own link proves nothing any more."""
    evidence = row.evidence
    unproven = {"before": before} if evidence.erased_at and not evidence.salted else {}
    return {**item(evidence, number=row.number), **unproven, "chain": row.chain}


def file(ticket: Ticket) -> bytes:
    """The same as the file that is downloaded; empty while nothing is sealed."""
    found = document(ticket)
    return (verify.canonical(found) + "\n").encode() if found["packs"] else b""


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A pack as people read it: its receipt, and its evidence in order."""

    pack: Pack
    receipt: dict[str, Any]
    evidence: list[Evidence]


def shown(ticket: Ticket) -> list[Sealed]:
    """The sealed packs of a ticket, the newest first."""
    packs = sealed(ticket).order_by("-number").prefetch_related("items__evidence")
    return [
        Sealed(pack=pack, receipt=receipt(pack), evidence=[row.evidence for row in pack.items.all()]) for pack in packs
    ]
