"""The verbs of packs: ask for one, seal what is in no pack yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from astreinte.core import digests, rows, timeline
from astreinte.core.actors import SYSTEM
from astreinte.core.exports import instant
from astreinte.core.moves import CannotMove
from astreinte.tickets import packs, verify
from astreinte.tickets.models import Evidence, Moment, Pack, PackItem, Ticket

# One that could not be sealed is tried again after this long; the others do not wait for it.
AGAIN = timedelta(minutes=1)


def ask_pack(ticket: Ticket, *, moment: Moment, at: datetime, due_at: datetime | None = None) -> Pack:
    """What this ticket rests on is to be sealed."""
    return rows.insert(Pack(ticket=ticket, moment=moment, asked_at=at, due_at=due_at or at))


def take_pack(pack: Pack, *, at: datetime) -> bool:
    """Whether it is ours to seal: nobody else tries within a minute."""
    mine = Pack.objects.filter(pk=pack.pk, sealed_at=None, due_at=pack.due_at)
    return bool(mine.update(due_at=at + AGAIN))


def seal_pack(pack: Pack, *, desk: str, left_out: Sequence[dict[str, Any]], at: datetime) -> None:
    """Chain what is in no pack yet, and write the receipt. Held by whoever took it; a twin is refused by the database."""
    ticket = pack.ticket
    last = packs.sealed(ticket).last()
    number, previous = (last.number or 0, last.sha256) if last else (0, "")
    found = list(packs.ready_for(pack, at=at)[: packs.MOST_ITEMS + 1])
    kept, over = found[: packs.MOST_ITEMS], found[packs.MOST_ITEMS :]
    chain = _chained(pack, kept, before=previous)
    if over:
        ask_pack(ticket, moment=Moment(pack.moment), at=at)
    more = [{"what": "later-items", "why": "this pack is full: they are in the next one"}] if over else []
    receipt = {
        "desk": desk,
        "ticket": ticket.ref,
        "server": ticket.server.name,
        "number": number + 1,
        "moment": pack.moment,
        "sealed_at": instant(at),
        "covers": _covers(kept),
        "items": len(kept),
        "left_out": [*left_out, *more],
        "previous": previous,
        "last": chain,
        "unsalted": [number for number, one in enumerate(kept, start=1) if not one.salted],
    }
    _kept(pack, {**receipt, "sha256": verify.receipt_sha256(receipt)}, at=at)


def _chained(pack: Pack, found: Sequence[Evidence], *, before: str) -> str:
    chain, items = before, []
    for number, evidence in enumerate(found, start=1):
        chain = verify.chained(chain, packs.item(evidence, number=number))
        items.append(PackItem(pack=pack, number=number, evidence=evidence, chain=chain))
    PackItem.objects.bulk_create(items)
    return chain


def _covers(found: Sequence[Evidence]) -> dict[str, str | None]:
    """The first and the last instant of what is in it."""
    instants = [one.at for one in found]
    return {"from": instant(min(instants, default=None)), "until": instant(max(instants, default=None))}


def _kept(pack: Pack, receipt: dict[str, Any], *, at: datetime) -> None:
    said = {"number": receipt["number"], "sha256": receipt["sha256"]}
    unsealed = Pack.objects.filter(pk=pack.pk, sealed_at=None)
    if not unsealed.update(sealed_at=at, receipt=digests.canonical_json(receipt), **said):
        raise CannotMove(now="sealed", wanted="sealed")
    # beside the lines of its evidence: who removes a pack would have to remove this line as well
    story = f"{pack.ticket.story}/evidence"
    timeline.record(pack, "pack:sealed", at=at, by=SYSTEM, story=story, ticket=pack.ticket_id, **said)
