"""What the owner of a ticket may follow: its ladder of calls, the number that says whether anything is new, what a verdict rests on."""

from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from astreinte.core import timeline
from astreinte.core.models import TimelineEntry
from astreinte.paging.models import Page
from astreinte.tickets import queries
from astreinte.tickets.advising import Proof
from astreinte.tickets.models import Ticket
from astreinte.tickets.rules import tracker as rules


def history(ticket: Ticket) -> list[TimelineEntry]:
    """Every line of the case and of its calls, oldest first."""
    return timeline.lines(*queries.stories(ticket))


def last_number(ticket: Ticket) -> int:
    """The number of the newest line: the same number means that nothing is new."""
    return timeline.last_number(*queries.stories(ticket))


def tracker(ticket: Ticket) -> rules.Tracker | None:
    """The ladder of calls of an urgent ticket, for its owner; None for a standard one."""
    call = queries.call_of(ticket)
    return _ladder(call, ticket.story, call.story) if call else None


def of_page(page: Page) -> rules.Tracker:
    """The ladder of a page alone: an incident's."""
    return _ladder(page, page.story)


def _ladder(page: Page, *told_in: str) -> rules.Tracker:
    return rules.tracker(timeline.of(*told_in), next_at=page.escalates_at if page.state == "triggered" else None)


def what_happened(ticket: Ticket) -> list[Proof]:
    """What a verdict may rest on for now: each message of the conversation, and the story of the case and of its calls."""
    with translation.override(ticket.language):
        return [*_said(ticket), _told(ticket)]


def what_was_said(ticket: Ticket) -> list[Proof]:
    """Each message of the conversation, what is said inside left out; one line each, in the language of the ticket."""
    with translation.override(ticket.language):
        return list(_said(ticket))


def _said(ticket: Ticket) -> Iterator[Proof]:
    kept = ticket.messages.select_related("author").filter(internal=False, erased_at=None)
    for message in kept.prefetch_related("attachments"):
        files = [attachment.sha256 for attachment in message.attachments.all()]
        body = {"author": message.author.name, "at": message.at, "body": message.body, "files": files}
        said = _("%(author)s: %(words)s") % {"author": body["author"], "words": " ".join(message.body[:200].split())}
        yield Proof(kind="message", text=said, body=body, seen_at=message.at)


def _told(ticket: Ticket) -> Proof:
    """Its lines by their digests, those of the seals; what was said inside, and what gateways answered, is not among them."""
    heard = [e for e in history(ticket) if e.kind != "message:internal" and not e.kind.startswith("notification:")]
    lines = [{"at": e.at, "kind": e.kind, "by": e.by_name, "sha256": e.sha256} for e in heard]
    told = ngettext("%(count)d line of the history of %(ref)s", "%(count)d lines of the history of %(ref)s", len(lines))
    text = told % {"count": len(lines), "ref": ticket.ref}
    return Proof(kind="timeline", text=text, body={"lines": lines}, seen_at=heard[-1].at)
