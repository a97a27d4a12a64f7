"""What the owner of a ticket may follow: its ladder of calls, and the number that says whether anything is new."""

from astreinte.core import timeline
from astreinte.core.models import TimelineEntry
from astreinte.paging.models import Page
from astreinte.tickets.models import Ticket
from astreinte.tickets.rules import tracker as rules


def stories(ticket: Ticket) -> tuple[str, ...]:
    """The stories in which this case is told: its own, and its page's."""
    return (ticket.story, *([ticket.page.story] if ticket.page else []))


def history(ticket: Ticket) -> list[TimelineEntry]:
    """Every line of the case and of its page, oldest first."""
    return list(timeline.of(*stories(ticket)))


def last_number(ticket: Ticket) -> int:
    """The number of the newest line: the same number means that nothing is new."""
    return timeline.last_number(*stories(ticket))


def tracker(ticket: Ticket) -> rules.Tracker | None:
    """The ladder of calls of an urgent ticket, for its owner; None for a standard one."""
    return _ladder(ticket.page, *stories(ticket)) if ticket.page else None


def of_page(page: Page) -> rules.Tracker:
    """The ladder of a page alone: an incident's."""
    return _ladder(page, page.story)


def _ladder(page: Page, *told_in: str) -> rules.Tracker:
    return rules.tracker(timeline.of(*told_in), next_at=page.escalates_at if page.state == "triggered" else None)
