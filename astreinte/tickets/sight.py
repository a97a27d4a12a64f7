"""What a person may read of cases: their history, the pages they made ring, the files of their conversation."""

from django.db.models import QuerySet

from astreinte.accounts.models import User
from astreinte.core import timeline
from astreinte.core.models import TimelineEntry
from astreinte.paging.models import Page
from astreinte.tickets import queries
from astreinte.tickets.models import Attachment, Mode, Ticket


def real_seen_by(user: User) -> QuerySet[Ticket]:
    """The tickets this person may open, rehearsals left out: for lists."""
    return queries.seen_by(user).exclude(mode=Mode.REHEARSAL)


def rehearsals_seen_by(user: User) -> QuerySet[Ticket]:
    """Those, and nothing else."""
    return queries.seen_by(user).filter(mode=Mode.REHEARSAL)


def with_verdicts(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """The same, with verdict, dispute and invoice read at once: for lists."""
    more = (
        "charge__invoice__customer",
        "charge__invoice__refers_to",
        "given_by",
        "dispute__opened_by",
        "dispute__decided_by",
    )
    related = tickets.select_related("page__acknowledged_by", *(f"verdict__{name}" for name in more))
    return related.prefetch_related("verdict__evidence")


def timeline_seen_by(user: User, ticket: Ticket) -> list[TimelineEntry]:
    """The story of a case and of its page; what the staff said inside and what each provider answered are for the staff."""
    lines = timeline.lines(*queries.stories(ticket))
    if user.handles_cases:
        return lines
    return [line for line in lines if line.kind != "message:internal" and not line.kind.startswith("notification:")]


def pages_seen_by(user: User) -> QuerySet[Page]:
    """The pages this person may open: those of tickets they see; every one for the staff."""
    pages = Page.objects.select_related("acknowledged_by")
    return pages if user.handles_cases else pages.filter(pk__in=queries.seen_by(user).values("page"))


def attachments_seen_by(user: User, ticket: Ticket) -> QuerySet[Attachment]:
    """The files of the conversation this person may open."""
    return Attachment.objects.filter(message__in=queries.messages_seen_by(user, ticket).values("pk"))
