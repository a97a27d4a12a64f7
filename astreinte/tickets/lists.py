"""Lists of cases for the staff: filtered, searched, read page by page on the key, never counted; and tonight's, by what breaks first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from astreinte.accounts.models import User
from astreinte.customers import queries as customers
from astreinte.guarantee.rules.clocks import Clock
from astreinte.paging.models import Page
from astreinte.tickets import queries as cases
from astreinte.tickets import sight
from astreinte.tickets.models import Ticket

PAGE_LENGTH = 25
# A word is looked for among this many of the newest cases: who looks further back knows the number or the server.
SEARCHED = 10_000
_UNREAD = ("body", "summary")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list is filtered by; empty means all. `before` and `after` are keys: the page older or newer than this one."""

    state: str = ""
    mode: str = ""
    customer: str = ""
    server: str = ""
    mine: bool = False
    text: str = ""
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One page of a list, newest first; `newer` and `older` are the keys to go on with, None at the ends."""

    tickets: tuple[Ticket, ...]
    newer: int | None
    older: int | None


def page(user: User, wanted: Wanted) -> Slice:
    """The cases this person sees, newest first."""
    found = _searched(_filtered(user, wanted), wanted.text)
    if wanted.after is not None:
        rows = list(found.filter(pk__gt=wanted.after).order_by("pk")[: PAGE_LENGTH + 1])
        shown = rows[:PAGE_LENGTH][::-1]
        return _slice(shown, newer=len(rows) > PAGE_LENGTH, older=True)
    older = found.filter(pk__lt=wanted.before) if wanted.before is not None else found
    rows = list(older.order_by("-pk")[: PAGE_LENGTH + 1])
    return _slice(rows[:PAGE_LENGTH], newer=wanted.before is not None, older=len(rows) > PAGE_LENGTH)


def _slice(shown: list[Ticket], *, newer: bool, older: bool) -> Slice:
    return Slice(
        tickets=tuple(shown),
        newer=shown[0].pk if shown and newer else None,
        older=shown[-1].pk if shown and older else None,
    )


def _filtered(user: User, wanted: Wanted) -> QuerySet[Ticket]:
    # keys, not joins: the index of each list is then used on both databases
    exact: dict[str, Any] = {
        "state": wanted.state,
        "mode": wanted.mode,
        "customer": _key(customers.customers_of(user).filter(ref=wanted.customer)) if wanted.customer else "",
        "server": _key(customers.servers_of(user).filter(name=wanted.server)) if wanted.server else "",
        "handled_by": user.pk if wanted.mine else "",
    }
    seen = cases.seen_by(user) if wanted.mode else sight.real_seen_by(user)
    light = seen.select_related(None).select_related("customer", "server", "handled_by").defer(*_UNREAD)
    return light.filter(**{name: value for name, value in exact.items() if value})


def _key(rows: QuerySet[Any]) -> int:
    """The key of the only row; one that nothing has when there is none."""
    return rows.values_list("pk", flat=True).first() or -1


def _searched(tickets: QuerySet[Ticket], text: str) -> QuerySet[Ticket]:
    if not text:
        return tickets
    digits = text.upper().removeprefix("T")
    if digits.isdecimal() and len(digits) < 12:  # noqa: PLR2004 - further than any key
        return tickets.filter(pk=int(digits) - 1000)
    newest = Ticket.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return tickets.filter(pk__gt=newest - SEARCHED, subject__icontains=text)


def running(ticket: Ticket) -> Clock | None:
    """The clock that breaks next: GTI until somebody takes it, GTR after."""
    return cases.gti(ticket) if ticket.acknowledged_at is None else cases.gtr(ticket)


def by_what_breaks_first(tickets: Iterable[Ticket]) -> list[Ticket]:
    """Urgent cases in the order their commitments end."""

    def ends_at(ticket: Ticket) -> datetime:
        clock = running(ticket)
        return clock.due_at if clock else ticket.opened_at

    return sorted(tickets, key=ends_at)


def urgent_now() -> list[Ticket]:
    """The urgent cases that are not over, by what breaks first."""
    return by_what_breaks_first(cases.open_urgent())


def of_pages(pages: Iterable[Page]) -> dict[int, Ticket]:
    """The case of each of these pages, by the key of the page."""
    asked = Ticket.objects.filter(page__in=[page.pk for page in pages]).select_related("server", "customer")
    return {ticket.page_id: ticket for ticket in asked if ticket.page_id}
