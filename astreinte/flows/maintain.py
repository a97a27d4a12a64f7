"""A maintenance is planned, changed, cancelled: those responsible for its servers are told each time, and once more the day before."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from astreinte.accounts.models import User
from astreinte.core import words
from astreinte.core.actors import Actor
from astreinte.core.moves import CannotMove
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing, yields_to_twin
from astreinte.customers import queries as customers
from astreinte.customers.models import Server
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring import queries as watched
from astreinte.monitoring.models import Maintenance
from astreinte.monitoring.rules import windows
from astreinte.monitoring.rules.windows import Wish
from astreinte.notifications import actions as notifications

# Before what is only said in public, after everything about a case.
PRIORITY = 6
LONGEST_TITLE = 200


class NoTitle(Refusal):
    """Say in a line what is done: those concerned read it."""

    slug = "no-title"
    status = 422


class NoServer(Refusal):
    """Choose at least one server."""

    slug = "no-server"
    status = 422


class NoReason(Refusal):
    """Say why, in a sentence: those who were told of it read it."""

    slug = "no-reason"
    status = 422


class AlreadyOver(Refusal):
    """This maintenance is over, or was cancelled."""

    slug = "not-planned"


class OfTheFile(Refusal):
    """This maintenance is written in the provider file: change it there, and apply the file. It can be cancelled here."""

    slug = "of-the-provider-file"


def _checked(wish: Wish, *, at: datetime, began_at: datetime | None = None) -> Wish:
    if words.says_nothing(wish.title):
        raise NoTitle
    if not wish.servers:
        raise NoServer
    refused = windows.why_not(wish, at=at, began_at=began_at)
    if refused:
        raise refused
    return replace(wish, title=words.one_line(wish.title)[:LONGEST_TITLE])


@yields_to_twin
@all_or_nothing
def plan(wish: Wish, *, key: UUID | None = None, by: User, at: datetime) -> Maintenance:
    """A new maintenance. With the same `key` it is the same one: a form that was sent twice."""
    known = watched.maintenance_with(key) if key else None
    if known:
        return known
    return planned(_checked(wish, at=at), key=key or uuid4(), from_file=False, by=by.actor, at=at)


def planned(wish: Wish, *, key: UUID, from_file: bool, by: Actor, at: datetime) -> Maintenance:
    """The same, in the transaction of whoever decided, and has checked it."""
    servers, soon = customers.named(wish.servers), windows.is_soon(wish.start, at=at)
    made = monitoring.plan(wish, servers=servers, key=key, from_file=from_file, reminded=soon, by=by, at=at)
    _tell(made, servers, kind="maintenance_planned", at=at)
    return made


@all_or_nothing
def change(maintenance: Maintenance, wish: Wish, *, by: User, at: datetime) -> Maintenance:
    """Other hours, other servers, another title; those it no longer concerns are told so. What changes nothing is told to nobody."""
    _hold(maintenance, at=at)
    if maintenance.from_file:
        raise OfTheFile
    wish = _checked(wish, at=at, began_at=maintenance.start if maintenance.start <= at else None)
    return changed(maintenance, wish, by=by.actor, at=at)


def changed(maintenance: Maintenance, wish: Wish, *, by: Actor, at: datetime) -> Maintenance:
    """The same, in the transaction of whoever decided, and has checked it."""
    if wish == as_wish(maintenance):
        return maintenance
    before, servers = list(maintenance.servers.all()), customers.named(wish.servers)
    left = [one for one in before if one.name not in wish.servers]
    was = {"start": maintenance.start.isoformat(), "end": maintenance.end.isoformat()}
    soon = windows.is_soon(wish.start, at=at)
    monitoring.change(maintenance, wish, servers=servers, reminded=soon, by=by, at=at)
    _tell(maintenance, servers, kind="maintenance_changed", at=at)
    _tell(maintenance, left, kind="maintenance_cancelled", at=at, reason="", early=False, **was)
    return maintenance


def as_wish(maintenance: Maintenance) -> Wish:
    """A maintenance as it stands, in the words of the rules."""
    names = frozenset(server.name for server in maintenance.servers.all())
    return Wish(title=maintenance.title, servers=names, start=maintenance.start, end=maintenance.end)


@all_or_nothing
def cancel(maintenance: Maintenance, *, reason: str, by: User, at: datetime) -> Maintenance:
    """It does not take place; one that is in progress is over now, and what is down rings at once."""
    if words.says_nothing(reason):
        raise NoReason
    _hold(maintenance, at=at)
    return stop(maintenance, reason=reason.strip(), by=by.actor, at=at)


def stop(maintenance: Maintenance, *, reason: str, by: Actor, at: datetime) -> Maintenance:
    """The same, in the transaction of whoever decided."""
    early = maintenance.start < at
    was = {"start": maintenance.start.isoformat(), "end": maintenance.end.isoformat()}
    verb: Callable[..., Maintenance] = monitoring.end_now if early else monitoring.cancel
    verb(maintenance, reason=reason, by=by, at=at)
    servers = list(maintenance.servers.all())
    _tell(maintenance, servers, kind="maintenance_cancelled", at=at, reason=reason, early=early, **was)
    return maintenance


def _hold(maintenance: Maintenance, *, at: datetime) -> None:
    try:
        monitoring.hold_maintenance(maintenance)
    except CannotMove as late:
        raise AlreadyOver from late
    if maintenance.end <= at:
        raise AlreadyOver


def the_day_before(*, at: datetime) -> int:
    """Those concerned are told once more, a day before it begins. Answers how many begin so."""
    return sum(_soon(one, at=at) for one in watched.maintenance_to_tell(at=at, within=windows.NOTICE))


@all_or_nothing
def _soon(maintenance: Maintenance, *, at: datetime) -> bool:
    if not monitoring.the_day_before(maintenance, at=at):
        return False
    _tell(maintenance, maintenance.servers.all(), kind="maintenance_soon", at=at)
    return True


def _tell(maintenance: Maintenance, servers: Iterable[Server], *, kind: str, at: datetime, **more: object) -> None:
    """Each of those responsible once, with their own servers alone."""
    said = {
        "title": maintenance.title,
        "start": maintenance.start.isoformat(),
        "end": maintenance.end.isoformat(),
        "path": "/servers/",
        **more,
    }
    letters = [
        notifications.by_email(
            person,
            once=f"{maintenance.story}/{kind}/{maintenance.revision}/{person.pk}",
            about=maintenance.letters_story,
            kind=kind,
            due_at=at,
            priority=PRIORITY,
            context={**said, "servers": sorted(server.name for server in theirs)},
        )
        for person, theirs in customers.responsible_for(servers)
    ]
    notifications.enqueue(letters, at=at)
