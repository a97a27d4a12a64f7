"""The evidence of a ticket as the API shows it: the items, and the receipts of the packs they are sealed in."""

import uuid
from datetime import datetime
from typing import Any

from astreinte.api.v1.shapes.cases import piece_out
from astreinte.api.v1.shapes.common import Shape, example
from astreinte.api.v1.shapes.tickets import EvidenceOut
from astreinte.tickets.models import Evidence, Pack, Ticket
from astreinte.tickets.packs import receipt as receipt_of

_RECEIPT = {
    "number": 1,
    "moment": "opening",
    "sealed_at": "2026-10-25T00:30:12Z",
    "covers": {"from": "2026-10-25T00:00:00Z", "until": "2026-10-25T00:30:10Z"},
    "items": 7,
    "left_out": [{"what": "internal-notes", "count": 2}],
    "desk": "Exemple Hébergement",
    "previous": "",
    "last": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
}
_ITEM = {**EvidenceOut.example(), "pack": 1}


class ReceiptOut(Shape):
    """What was sealed, when; `sha256` proves this pack and all before it, `previous` is that of the pack before."""

    model_config = example(**_RECEIPT)
    number: int
    moment: str
    sealed_at: datetime
    covers: dict[str, datetime | None]
    items: int
    left_out: list[dict[str, Any]]
    desk: str
    previous: str
    last: str
    sha256: str


class SealedEvidenceOut(EvidenceOut):
    """A piece of evidence, and the number of its pack; null while it is in none."""

    model_config = example(**_ITEM)
    pack: int | None


class TicketEvidence(Shape):
    """All the evidence of a ticket, oldest first, and its packs in order."""

    model_config = example(ticket="T1001", items=[_ITEM], packs=[_RECEIPT])
    ticket: str
    items: list[SealedEvidenceOut]
    packs: list[ReceiptOut]


def evidence_out(
    ticket: Ticket, found: list[Evidence], packs: list[Pack], places: dict[uuid.UUID, int]
) -> TicketEvidence:
    """As the caller reads it. `places`: the number of the pack of each piece."""
    items = [SealedEvidenceOut(**piece_out(one).model_dump(), pack=places.get(one.public_id)) for one in found]
    return TicketEvidence(
        ticket=ticket.ref, items=items, packs=[ReceiptOut.model_validate(receipt_of(pack)) for pack in packs]
    )
