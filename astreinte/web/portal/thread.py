"""The conversation as the page shows it: safe HTML, and addresses of files that are checked at each download."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from astreinte.accounts.models import User
from astreinte.core.refusals import Refusal
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Ticket
from astreinte.web import markdown
from astreinte.web.templatetags.desk import erased_or


class TooLong(Refusal):
    """This is too long: 20,000 characters at most."""

    slug = "too-long"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


def short_enough(text: str) -> str:
    """The text, when it is within the limit of the contract; TooLong otherwise. Null characters go: no database keeps them."""
    if len(text) > settings.TEXT_MAX_CHARACTERS:
        raise TooLong
    return text.replace("\x00", "")


@dataclass(frozen=True, kw_only=True)
class File:
    """An attachment, and where it is downloaded."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A message as components/message.html draws it."""

    author: str
    by_staff: bool
    internal: bool
    at: datetime
    html: SafeString
    attachments: list[File]


def of(user: User, ticket: Ticket) -> list[Shown]:
    """What the customer and the desk said to each other. What the staff says among itself is never here, whoever reads."""
    return [
        Shown(
            author=message.author.name,
            by_staff=message.by_staff,
            internal=False,
            at=message.at,
            html=markdown.html(erased_or(message.body, message.erased_at)),
            attachments=[
                File(name=one.name, url=reverse("portal:attachment", args=[ticket.ref, one.public_id]))
                for one in message.attachments.all()
            ],
        )
        for message in cases.messages_seen_by(user, ticket).filter(internal=False)
    ]
