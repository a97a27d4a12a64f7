"""The verbs of erasing: the words of evidence and of messages are gone for good, and the history tells it (decision 0030)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from astreinte.core import timeline
from astreinte.core.actors import Actor
from astreinte.core.exports import instant
from astreinte.tickets import packs, verify
from astreinte.tickets.models import Evidence, Ticket
from astreinte.tickets.proofs import kept_sha256
from astreinte.tickets.refusals import EvidenceIsBroken


def erase_evidence(ticket: Ticket, found: Sequence[Evidence], *, why: str, by: Actor, at: datetime) -> int:
    """Empty these pieces, and tell it, never with their words. Answers how many had any.

    What was sealed without a salt cannot be proven again afterwards: all packs are checked first. Raises EvidenceIsBroken.
    """
    if packs.sealed(ticket).exists() and verify.first_broken(packs.document(ticket)):
        raise EvidenceIsBroken(ticket=ticket.ref)
    links = {
        row.evidence_id: (before, row.chain) for pack in packs.sealed(ticket) for row, before in packs.linked(pack)
    }
    return sum(_erase(one, links.get(one.pk), why=why, by=by, at=at) for one in found)


def _erase(evidence: Evidence, link: tuple[str, str] | None, *, why: str, by: Actor, at: datetime) -> bool:
    said: dict[str, Any] = {"why": why, "erased": instant(at), "sha256": kept_sha256(evidence)}
    if link and not evidence.salted:
        said |= {"before": link[0], "chain": link[1]}
    whole = Evidence.objects.filter(pk=evidence.pk, erased_at=None)
    if not whole.update(text="", body="", salt="", erased_at=at):
        return False
    story = f"{evidence.ticket.story}/evidence"
    timeline.record(evidence, "evidence:erased", at=at, by=by, story=story, **said)
    return True
