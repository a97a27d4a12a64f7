"""A word in the conversation, public or internal, with its files; those concerned get an e-mail."""

from collections.abc import Sequence
from datetime import datetime

from astreinte.accounts.models import User
from astreinte.core import words
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import tell
from astreinte.tickets import actions as tickets
from astreinte.tickets.files import Upload
from astreinte.tickets.models import Message, Ticket


class NothingSaid(Refusal):
    """Write something, or attach a file."""

    slug = "nothing-said"
    status = 422


class OnlyStaffTalksInside(Refusal):
    """Internal messages are for the provider's staff."""

    slug = "not-staff"
    status = 403


@all_or_nothing
def say(
    ticket: Ticket, *, body: str, internal: bool = False, uploads: Sequence[Upload] = (), by: User, at: datetime
) -> Message:
    """Add to the conversation, whatever the state of the ticket."""
    if words.says_nothing(body) and not uploads:
        raise NothingSaid
    if internal and not by.handles_cases:
        raise OnlyStaffTalksInside
    message = tickets.say(ticket, author=by, body=body, internal=internal, uploads=uploads, by=by.actor, at=at)
    tell.said(ticket, message, at=at)
    return message
