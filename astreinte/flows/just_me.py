"""Is it up for everyone, or down for me alone? Everything looks now; the answer can be shared, and a ban lifted by who may."""

import ipaddress
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from astreinte.accounts.models import User
from astreinte.core import addresses, digests
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.customers.models import Server
from astreinte.flows import look_up
from astreinte.monitoring import actions as watching
from astreinte.monitoring import bans, inquiries, registered, subscribers
from astreinte.monitoring.actions import lookups as monitoring
from astreinte.monitoring.models import Inquiry
from astreinte.monitoring.registered import Target
from astreinte.notifications import actions as notifications
from astreinte.notifications import links, sealing
from astreinte.notifications import queries as outbox
from astreinte.notifications.actions import Letter

# What a link shows is of that day: a week is enough to discuss it.
SHARED_FOR = timedelta(days=7)
TOKEN_BYTES = 24
PRIORITY = 4


class TooManyQuestions(Refusal):
    """Too many questions were asked in a short time: wait a few minutes, and ask again."""

    slug = "too-many-requests"
    status = 429


class NotShared(Refusal):
    """It is still being looked at: share the result once it is there, in a few seconds."""

    slug = "still-looking"


class NoBan(Refusal):
    """The firewall of %(server)s does not ban your address any more, as far as we know: try again."""

    slug = "no-ban"


class CannotLift(Refusal):
    """Bans are not lifted from here: write to us with a standard ticket, it is free."""

    slug = "cannot-lift"


@all_or_nothing
def ask(target: Target, *, by: User | None, address: str, at: datetime) -> Inquiry:
    """Look at it from everywhere; the same question within ten seconds is the same inquiry. Raises TooManyQuestions."""
    place = subscribers.digest(addresses.place(address))
    already = inquiries.same(target.server, name=target.name, by=by, place=place, at=at)
    if already:
        return already
    if inquiries.are_many(by, place=place, at=at):
        raise TooManyQuestions
    if not inquiries.was_asked(target.server, at=at):
        watching.look_at(target.server, at=at)
    seen = _tidy(address)
    look_up.wanted(target.server, address=seen, at=at)
    return monitoring.begin_inquiry(target.server, name=target.name, by=by, address=seen, place=place, at=at)


def _tidy(address: str) -> str | None:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def due(*, at: datetime) -> int:
    """End those that have nothing more to wait for. Answers how many."""
    return sum(_ended(one, at=at) for one in inquiries.running())


@all_or_nothing
def _ended(inquiry: Inquiry, *, at: datetime) -> bool:
    found = inquiries.lines(inquiry, at=at)
    if not inquiries.is_over(found):
        return False
    return monitoring.end_inquiry(inquiry, found=found, verdict=inquiries.verdict(inquiry, found), at=at)


# -- a link to share --------------------------------------------------------------------------------------------------------


@all_or_nothing
def share(inquiry: Inquiry, *, at: datetime) -> str:
    """The token of a link that shows the frozen result for a while; an earlier link is over. Raises NotShared."""
    if inquiry.ended_at is None and not _ended(inquiry, at=at):
        raise NotShared
    token = secrets.token_urlsafe(TOKEN_BYTES)
    kept = registered.section("just_me").get("share_for_s")
    until = at + (timedelta(seconds=int(kept)) if kept else SHARED_FOR)
    monitoring.share(inquiry, sha256=digests.sha256(token), until=until)
    return token


@all_or_nothing
def unshare(inquiry: Inquiry, *, at: datetime) -> None:
    """The link is over, now."""
    monitoring.unshare(inquiry, at=at)


def forgotten(*, at: datetime) -> int:
    """What nobody reads any more is deleted. Answers how many rows went."""
    over = (inquiries.over(at=at), inquiries.old_networks(at=at), bans.old(at=at))
    return sum(rows.delete()[0] for rows in over)


# -- a ban -----------------------------------------------------------------------------------------------------------------


def lifts_bans() -> bool:
    """Whether the provider has a system that lifts bans for us."""
    return bool(outbox.transports().get(links.LIFT))


@all_or_nothing
def lift(inquiry: Inquiry, *, by: User, at: datetime) -> None:
    """Ask the provider's system to lift the ban of whoever asked; it confirms by pushing the new fact. Raises CannotLift, NoBan."""
    hook = next(iter(outbox.transports().get(links.LIFT, ())), None)
    if hook is None:
        raise CannotLift
    ban = bans.of(inquiry.server, inquiry.address, at=at)
    if ban is None:
        raise NoBan(server=inquiry.server.name)
    if monitoring.ask_to_lift(inquiry, reason=ban.reason, by=by.actor, at=at):
        notifications.enqueue([_letter(inquiry, hook, reason=ban.reason, by=by, at=at)], at=at)


def _letter(inquiry: Inquiry, hook: Mapping[str, Any], *, reason: str, by: User, at: datetime) -> Letter:
    said = {"server": inquiry.server.name, "address": inquiry.address, "reason": reason, "asked_by": by.email}
    return Letter(
        once=f"{links.LIFT}/{inquiry.pk}",
        about=inquiry.story,
        kind=links.LIFT,
        name=by.name,
        language=by.language,
        channel="webhook",
        address=sealing.seal(dict(hook)),
        due_at=at,
        priority=PRIORITY,
        context={**said, "inquiry": str(inquiry.public_id)},
    )


def confirmed(server: Server, facts: Iterable[Mapping[str, Any]], *, at: datetime) -> None:
    """The provider's system says which bans there are: those that somebody asked to lift, and that are no more, are told."""
    if not any(fact["kind"] == bans.KIND for fact in facts):
        return
    for inquiry in inquiries.asking_to_lift(server):
        told = bans.newest(server, inquiry.address, at=at)
        asked_at = inquiry.lift_asked_at
        if told and told.value == bans.NONE and asked_at and told.observed_at >= asked_at:
            monitoring.lifted(inquiry, at=at)
