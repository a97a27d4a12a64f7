"""Rehearsals: what one would cost if it were real, who may begin one, what happens next in each. Reads only."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from astreinte.accounts.models import STAND_INS, User
from astreinte.core import rows
from astreinte.core.refusals import Refusal
from astreinte.customers import queries as customers
from astreinte.customers.models import Server
from astreinte.tickets import queries as cases
from astreinte.tickets import refusals
from astreinte.tickets.models import Evidence, Mode, Ticket
from astreinte.tickets.queries import Offer
from astreinte.tickets.rules import rehearsal as rules
from astreinte.tickets.states import TicketState

# What is kept of the offer that was rehearsed, as evidence: it is no consent.
SHOWN = "rehearsal"
ALIVE = [TicketState.OPEN, TicketState.ACKNOWLEDGED]
AT_ONCE = 50
# The button was pressed, for real or to try.
PRESSED = [Mode.URGENT, Mode.REHEARSAL]


def all_of() -> QuerySet[Ticket]:
    """Every rehearsal that is not forgotten."""
    found = Ticket.objects.filter(mode=Mode.REHEARSAL).exclude(subject="")
    return found.select_related("customer", "server", "page", "opened_by", "handled_by", "policy")


def of_person(user: User) -> QuerySet[Ticket]:
    """This person's own, newest first."""
    return all_of().filter(opened_by=user).order_by("-pk")


def is_new_to(user: User, servers: Sequence[Server]) -> bool:
    """Whether this person may open an urgent ticket on one of these servers, and never pressed the button, not even to try."""
    spends = customers.who_spend(user)
    if not any(one.plan.urgent and one.customer_id in spends for one in servers):
        return False
    return not rows.exists(Ticket, {"opened_by": user, "mode__in": PRESSED})


def running(user: User) -> Ticket | None:
    """The one this person has begun and not ended."""
    return of_person(user).filter(state__in=ALIVE).first()


def offer(*, server: Server, user: User, at: datetime, language: str) -> Offer:
    """The offer of an urgent ticket, marked: in the words to rehearse; or why this person cannot rehearse on this server now."""
    refusal = too_many(user, at=at)
    if refusal:
        return Offer(server=server, refusal=refusal, language=language, rehearsal=True)
    return cases.offer(server=server, user=user, at=at, language=language, rehearsal=True)


def too_many(user: User, *, at: datetime) -> Refusal | None:
    """One at a time, and a few a day."""
    begun = running(user)
    if begun:
        return refusals.RehearsalRuns(ref=begun.ref)
    lately = Ticket.objects.filter(mode=Mode.REHEARSAL, opened_by=user, opened_at__gt=at - rules.WITHIN)
    return refusals.RehearsedEnough(most=rules.MOST) if lately.count() >= rules.MOST else None


def shown(ticket: Ticket) -> dict[str, Any]:
    """The offer as it was rehearsed: text, button, and what a real one would have cost. Empty when there was none."""
    kept = Evidence.objects.filter(ticket=ticket, kind=SHOWN).order_by("pk").first()
    found: dict[str, Any] = json.loads(kept.body) if kept else {}
    return found


def customer_key(engineer: User) -> str:
    """The key of the customer who is nobody, in the rehearsals of this engineer."""
    return f"customer.{engineer.pk}"


def of_engineer(engineer: User) -> QuerySet[Ticket]:
    """The rehearsals in which this engineer was called, newest first."""
    return all_of().filter(opened_by__email=f"{customer_key(engineer)}{STAND_INS}").order_by("-pk")


def next_at(ticket: Ticket) -> datetime | None:
    """When the next thing happens by itself; None when nothing does any more. That of an engineer only ends."""
    if ticket.opened_by.stands_in:
        return ticket.opened_at + rules.ENDS_AFTER if ticket.state in ALIVE else None
    if ticket.state == TicketState.OPEN and ticket.urgent_at:
        return ticket.urgent_at + rules.TAKES_AFTER
    if ticket.state == TicketState.ACKNOWLEDGED and ticket.acknowledged_at:
        said_at = spoke_at(ticket)
        return said_at + rules.RESOLVES_AFTER if said_at else ticket.acknowledged_at + rules.TALKS_AFTER
    if ticket.state == TicketState.RESOLVED and ticket.resolved_at and cases.verdict_of(ticket) is None:
        return ticket.resolved_at + rules.DECIDES_AFTER
    return None


def spoke_at(ticket: Ticket) -> datetime | None:
    """When the engineer last wrote to the customer."""
    last = ticket.messages.filter(by_staff=True, internal=False).order_by("-pk").first()
    return last.at if last else None


def going(*, limit: int = AT_ONCE) -> list[Ticket]:
    """The rehearsals in which something is still to happen, oldest first."""
    if not rows.exists(
        Ticket, {"mode": Mode.REHEARSAL, "state__in": [*ALIVE, TicketState.RESOLVED]}
    ):  # nearly always so
        return []
    undecided = Q(state=TicketState.RESOLVED, verdict__isnull=True) & ~Q(opened_by__email__endswith=STAND_INS)
    return list(all_of().filter(Q(state__in=ALIVE) | undecided).order_by("pk")[:limit])


def to_forget(*, at: datetime, limit: int = AT_ONCE) -> list[Ticket]:
    """Those that were kept long enough."""
    return list(all_of().filter(opened_at__lte=at - rules.KEPT_FOR).order_by("pk")[:limit])
