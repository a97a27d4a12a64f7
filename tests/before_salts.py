"""A case as a desk left it that knew no salts: the same words, chained as they were then (docs/decisions/0030)."""

from astreinte.core import digests, timeline
from astreinte.core.models import Seal, TimelineEntry
from astreinte.tickets import packs as packing
from astreinte.tickets import proofs, verify
from astreinte.tickets.models import Evidence, Pack, PackItem, Ticket
from tests.attackers import without_triggers

FROZEN = ("tickets_evidence", "tickets_pack", "tickets_packitem", "core_timelineentry", "core_seal")


def as_before(ticket: Ticket, *, packs: int) -> None:
    """Its first packs are of the old format; those after them, if any, are of today's."""
    without_triggers(FROZEN)
    for row in PackItem.objects.filter(pack__ticket=ticket, pack__number__lte=packs).select_related("evidence"):
        one = row.evidence
        one.salted, one.salt, one.sha256 = False, "", digests.sha256(one.body)
        one.save()
        _tell("evidence:frozen", timeline.name_of(one), sha256=proofs.evidence_sha256(one))
    before = ""
    for pack in packing.sealed(ticket):
        before = _chain_again(pack, before, old=(pack.number or 0) <= packs)
    _seal_again()


def _chain_again(pack: Pack, before: str, *, old: bool) -> str:
    receipt = {**packing.receipt(pack), "previous": before}
    if old:
        del receipt["unsalted"]
    chain = before
    for row in pack.items.select_related("evidence"):
        chain = row.chain = verify.chained(chain, packing.item(row.evidence, number=row.number))
        row.save()
    receipt["last"] = chain
    receipt["sha256"] = pack.sha256 = verify.receipt_sha256(receipt)
    pack.receipt = verify.canonical(receipt)
    pack.save()
    _tell("pack:sealed", timeline.name_of(pack), sha256=pack.sha256)
    return pack.sha256


def _tell(kind: str, subject: str, **said: str) -> None:
    line = TimelineEntry.objects.get(kind=kind, subject=subject)
    line.data |= said
    line.sha256 = line.digest()
    line.save()


def _seal_again() -> None:
    before = ""
    for seal in Seal.objects.order_by("number"):
        lines = TimelineEntry.objects.filter(seal=seal.number).order_by("id").values_list("sha256", flat=True)
        seal.previous_sha256, seal.sha256 = before, timeline.chain(before, lines)
        seal.save()
        before = seal.sha256


def of_kinds(ticket: Ticket, *kinds: str) -> list[Evidence]:
    """The pieces of these kinds, oldest first."""
    return list(Evidence.objects.filter(ticket=ticket, kind__in=kinds).order_by("pk"))
