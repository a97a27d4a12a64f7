"""The verbs of erasing: what somebody typed is gone for good, and the history tells it, never with the words (decision 0030)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from astreinte.accounts.models import User
from astreinte.core import timeline
from astreinte.core.actors import Actor
from astreinte.core.exports import instant
from astreinte.tickets import erasing, files, packs, verify
from astreinte.tickets.models import Attachment, Diagnosis, Dispute, Evidence, Message, Ticket
from astreinte.tickets.proofs import kept_sha256
from astreinte.tickets.refusals import EvidenceIsBroken


def erase_evidence(ticket: Ticket, found: Sequence[Evidence], *, why: str, by: Actor, at: datetime) -> int:
    """Empty these pieces. Answers how many had any words.

    What was sealed without a salt cannot be proven again afterwards: all packs are checked first. Raises EvidenceIsBroken.
    """
    if packs.sealed(ticket).exists() and verify.first_broken(packs.document(ticket)):
        raise EvidenceIsBroken(ref=ticket.ref)
    sealed = packs.sealed(ticket).prefetch_related("items")
    links = {row.evidence_id: (before, row.chain) for pack in sealed for row, before in packs.linked(pack)}
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


def erase_typed(typed: erasing.Typed, *, instead: str, why: str, by: Actor, at: datetime) -> None:
    """All that this person typed in this case. `instead`: what stands in place of what screens need."""
    ticket = typed.ticket
    erase_evidence(ticket, typed.evidence, why=why, by=by, at=at)
    if typed.opened:  # a rehearsal without a subject is in no list any more
        subject = "" if ticket.is_rehearsal else instead
        Ticket.objects.filter(pk=ticket.pk).update(subject=subject, body="", opening_key=f"erased/{ticket.pk}")
    Dispute.objects.filter(pk__in=[one.pk for one in typed.disputes]).update(reason=instead)
    for message in typed.messages:
        Attachment.objects.filter(message=message).update(name="", sha256="")
        Message.objects.filter(pk=message.pk, erased_at=None).update(body="", erased_at=at)
        timeline.record(message, "message:erased", at=at, by=by, story=ticket.story)
    timeline.record(ticket, "ticket:erased", at=at, by=by, story=ticket.story)


def erase_diagnoses(person: User) -> int:
    """What they complained of. Answers how many."""
    found = [one.pk for one in erasing.diagnoses_of(person)]
    return Diagnosis.objects.filter(pk__in=found).update(text="")


def remove_files() -> int:
    """The files of erased messages, once it is certain that they are erased. Answers how many went."""
    gone = list(erasing.to_remove())
    for one in gone:
        files.remove(one)
        one.delete()
    return len(gone)
