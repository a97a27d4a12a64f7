"""What a ticket rests on is sealed into packs: at the opening, at the resolution and half an hour later, at the verdict.

Of a rehearsal nothing is sealed: it proves nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from astreinte.accounts import queries as accounts
from astreinte.core.moves import CannotMove
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import diagnose
from astreinte.tickets import actions as tickets
from astreinte.tickets import around, diagnoses, packs, tracking
from astreinte.tickets.advising import Proof
from astreinte.tickets.models import Moment, Pack, Ticket

# Packs of one turn of the keeper.
AT_ONCE = 10


def due(*, at: datetime) -> int:
    """Seal what is due, and waits for no diagnosis any more. Answers how many."""
    waiting = packs.due(at=at, limit=AT_ONCE)
    blind = [pack for pack in waiting if pack.moment == Moment.OPENING and not diagnoses.of_ticket(pack.ticket)]
    for pack in blind[:1]:  # a storm of tickets must ring: it is looked at little by little
        _looked_at(pack.ticket, at=at)
    ready = [pack for pack in waiting if pack not in blind]
    return sum(_sealed(pack, at=at) for pack in ready if tickets.take_pack(pack, at=at))


@all_or_nothing
def _looked_at(ticket: Ticket, *, at: datetime) -> None:
    diagnose.by_itself(ticket, at=at)


def opened(ticket: Ticket, *, at: datetime) -> None:
    """An urgent ticket begins: its first pack is sealed once its diagnosis is done."""
    if not ticket.is_rehearsal:
        tickets.ask_pack(ticket, moment=Moment.OPENING, at=at)


def resolved(ticket: Ticket, *, at: datetime) -> None:
    """What happened is frozen at once, for the verdict; an urgent case is looked at once more, and sealed when that is done."""
    freeze(ticket, tracking.what_happened(ticket), at=at)
    if ticket.is_urgent and not ticket.is_rehearsal:
        freeze(ticket, around.resolution(ticket, at=at).proofs, at=at)
        diagnose.by_itself(ticket, at=at)
        tickets.ask_pack(ticket, moment=Moment.RESOLUTION, at=at)
        tickets.ask_pack(ticket, moment=Moment.AFTER, at=at, due_at=at + around.AROUND)


def decided(ticket: Ticket, *, moment: Moment, at: datetime) -> None:
    """A verdict was given, or a dispute answered."""
    if not ticket.is_rehearsal:
        tickets.ask_pack(ticket, moment=moment, at=at)


def freeze(ticket: Ticket, proofs: Iterable[Proof], *, at: datetime) -> None:
    """Keep what is not kept yet."""
    known = packs.known_bodies(ticket)
    for one in proofs:
        if (one.kind, one.sha256) not in known:
            tickets.freeze_evidence(ticket, kind=one.kind, text=one.text, body=one.body, seen_at=one.seen_at, at=at)


def _sealed(pack: Pack, *, at: datetime) -> bool:
    try:
        _seal(pack, at=at)
    except CannotMove:
        return False  # another keeper was faster
    return True


@all_or_nothing
def _seal(pack: Pack, *, at: datetime) -> None:
    ticket = pack.ticket
    found = _surroundings(pack, at=at)
    freeze(ticket, [*found.proofs, *_said_since(pack)], at=at)
    provider = accounts.provider()
    tickets.seal_pack(pack, desk=provider.name if provider else "", left_out=found.left_out, at=at)


def _surroundings(pack: Pack, *, at: datetime) -> around.Surroundings:
    if pack.moment == Moment.OPENING:
        return around.opening(pack.ticket, at=at)
    if pack.moment == Moment.RESOLUTION:  # frozen when it was resolved
        return replace(around.resolution(pack.ticket, at=pack.asked_at), proofs=[])
    if pack.moment == Moment.AFTER:
        return around.after(pack.ticket, since=pack.asked_at, at=at)
    return around.decided(pack.ticket)


def _said_since(pack: Pack) -> list[Proof]:
    return [] if pack.moment == Moment.OPENING else tracking.what_was_said(pack.ticket)
