"""Somebody wants to be told of what the status page says: they confirm it first, and one request ends it; nothing of them is then kept."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from astreinte.accounts import queries as accounts
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing, yields_to_twin
from astreinte.monitoring import subscribers
from astreinte.monitoring.actions import subscribers as monitoring
from astreinte.monitoring.models import Subscriber
from astreinte.notifications import actions as notifications
from astreinte.notifications import links, sealing
from astreinte.notifications.actions import Letter
from astreinte.notifications.models import Notification

KINDS = (links.CONFIRM, links.CHALLENGE, links.NEWS)
# Behind every page, and behind every letter about a ticket.
PRIORITY = 7
SECRET_BYTES = 32


class TooManyRequests(Refusal):
    """Too many requests came in the last hour. Try again later."""

    slug = "too-many-requests"
    status = 429


class LinkIsOver(Refusal):
    """This link is not valid any more: ask again, and confirm within 48 hours."""

    slug = "link-is-over"
    status = 404


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How many messages one address gets before it has confirmed: in an hour, and in two days."""

    an_hour: int
    two_days: int


# A mailbox, whatever stands behind a "+"; all the hooks of one host.
MAILBOX, HOST = Limit(an_hour=1, two_days=3), Limit(an_hour=5, two_days=20)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to be told of (the keys of components; none: everything), and in which language. `source`: from where."""

    components: Sequence[str]
    language: str
    source: str


@yields_to_twin
@all_or_nothing
def by_email(address: str, wish: Wish, *, at: datetime) -> None:
    """A letter with a link to confirm, unless the address had one lately: the answer is the same. Raises TooManyRequests."""
    mailbox = address.strip().lower()
    name, _at, host = mailbox.rpartition("@")
    key = f"{name.partition('+')[0]}@{host}"
    if not _may_be_written_to(key, wish, limit=MAILBOX, at=at):
        return
    subscriber = _ask("email", mailbox, mailbox, wish, at=at)
    _send(subscriber, links.CONFIRM, once=subscribers.digest(key), at=at)


@yields_to_twin
@all_or_nothing
def by_webhook(url: str, wish: Wish, *, at: datetime) -> str:
    """A challenge to answer with. Answers the secret its messages are signed with; raises TooManyRequests."""
    key = urlsplit(url).netloc.lower()
    if not _may_be_written_to(key, wish, limit=HOST, at=at):
        raise TooManyRequests
    secret = f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
    subscriber = _ask("webhook", sealing.seal({"url": url, "secret": secret}), url, wish, at=at)
    _send(subscriber, links.CHALLENGE, once=at.isoformat(), at=at)
    return secret


def _may_be_written_to(key: str, wish: Wish, *, limit: Limit, at: datetime) -> bool:
    """Whether one more message may go there; counted either way. Raises TooManyRequests for whoever asks too much (S21)."""
    address, source = subscribers.digest(key), subscribers.digest(wish.source)
    here = subscribers.asked(at=at, source_key=source) >= subscribers.FROM_ONE_PLACE
    if here or subscribers.asked(at=at) >= subscribers.FROM_EVERYWHERE:
        raise TooManyRequests
    lately = subscribers.written_to(address, at=at, within=subscribers.HOUR)
    before = subscribers.written_to(address, at=at, within=subscribers.CONFIRMED_WITHIN)
    may = lately < limit.an_hour and before < limit.two_days
    monitoring.count_request(address_key=address, source_key=source, written=may, at=at)
    return may


def _ask(kind: str, address: str, identity: str, wish: Wish, *, at: datetime) -> Subscriber:
    return monitoring.ask(
        kind=kind,
        address=address,
        digest=subscribers.digest(identity),
        language=wish.language,
        components=wish.components,
        at=at,
    )


def _send(subscriber: Subscriber, kind: str, *, once: str, at: datetime) -> None:
    provider = accounts.provider()
    letter = Letter(
        # of two requests at the same moment, one is written
        once=f"{kind}/{once}/{at:%Y%m%d%H}",
        about=subscriber.story,
        kind=kind,
        name="",
        language=subscriber.language,
        channel=subscriber.kind,
        address=subscriber.address,
        due_at=at,
        priority=PRIORITY,
        context={"page_name": provider.name if provider else ""},
    )
    notifications.enqueue([letter], at=at)


def asked_by(letter: Notification | None, *, at: datetime) -> Subscriber | None:
    """Whose confirmation this letter asks for; None when it is too old, or answered by a newer one."""
    if letter is None or letter.kind not in {links.CONFIRM, links.CHALLENGE}:
        return None
    found = subscribers.by_story(letter.about)
    if found is None or found.confirmed_at is not None or at - letter.created_at >= subscribers.CONFIRMED_WITHIN:
        return None
    return found if letter.created_at == found.asked_at else None


def told_by(letter: Notification | None) -> Subscriber | None:
    """Who reads this letter, confirmed or not."""
    return subscribers.by_story(letter.about) if letter is not None and letter.kind in KINDS else None


@all_or_nothing
def confirm(letter: Notification | None, *, at: datetime) -> Subscriber:
    """They are told from now on. Raises LinkIsOver."""
    subscriber = asked_by(letter, at=at)
    if subscriber is None:
        raise LinkIsOver
    before = monitoring.confirm(subscriber, at=at)
    if before:
        notifications.erase(before.story, kinds=KINDS, at=at)
    return subscriber


def echoed(letter: Notification, *, said: str, at: datetime) -> bool:
    """A webhook answered its challenge: it is told from now on if the answer is the challenge."""
    if not links.is_echo(letter, said) or asked_by(letter, at=at) is None:
        return False
    confirm(letter, at=at)
    return True


def gone(letter: Notification, *, at: datetime) -> None:
    """A mailbox that does not exist, a webhook that answers 410: whoever subscribed is told no more. Nothing for other letters."""
    subscriber = told_by(letter)
    if subscriber:
        leave(subscriber, at=at)


@all_or_nothing
def leave(subscriber: Subscriber, *, at: datetime) -> None:
    """They are told no more, and forgotten: their address is in no row any more."""
    monitoring.forget(subscriber, at=at)
    notifications.erase(subscriber.story, kinds=KINDS, at=at)


def expired(*, at: datetime) -> int:
    """Those who never confirmed are forgotten, and what was counted with them. Answers how many rows went."""
    gone = list(subscribers.expired(at=at))
    for one in gone:
        leave(one, at=at)
    return len(gone) + _forget_counts(at=at)


@all_or_nothing
def _forget_counts(*, at: datetime) -> int:
    return monitoring.forget_counts(at=at)
