"""The provider file plans maintenance: what it names is planned or changed, what it names no more is cancelled; those concerned are told."""

from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from astreinte.core.actors import Actor
from astreinte.core.changes import Change, changed, removed
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import maintain
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring import queries as watched
from astreinte.monitoring.models import Maintenance
from astreinte.monitoring.rules import windows
from astreinte.monitoring.rules.windows import Known, Wish
from astreinte.provider_file import ProviderFile


@all_or_nothing
def apply(file: ProviderFile, *, by: Actor, at: datetime) -> list[Change]:
    """Bring what the file made to what it says. What is over, what a person cancelled and what a person planned stay as they are."""
    wanted, made = _wishes(file), {one.pk: one for one in watched.maintenance_of_the_file()}
    paired = windows.pairs(wanted, [_known(one, at=at) for one in made.values()])
    found: list[Change] = []
    for key, one in made.items():
        wish = paired.get(key)
        found += _brought_to(one, wish, by=by, at=at) if wish else _left(one, by=by, at=at)
    for wish in [one for one in wanted if one not in paired.values() and one.end > at]:
        maintain.planned(wish, key=uuid4(), from_file=True, by=by, at=at)
        found.append(Change(kind="added", what=_what(wish.title)))
    return found


def _wishes(file: ProviderFile) -> list[Wish]:
    zone = ZoneInfo(file.provider.time_zone)
    found = []
    for line in file.maintenance:
        start, end = windows.instants(line.start, line.end, zone=zone)
        found.append(Wish(title=line.title, servers=frozenset(line.servers), start=start, end=end))
    return found


def _stands(one: Maintenance, *, at: datetime) -> bool:
    """Whether the file may still change it: it is not over, and nobody has stopped it."""
    return one.state == "planned" and not one.reason and one.end > at


def _known(one: Maintenance, *, at: datetime) -> Known:
    return Known(key=one.pk, title=one.title, start=one.start, moves=_stands(one, at=at))


def _brought_to(one: Maintenance, wish: Wish, *, by: Actor, at: datetime) -> list[Change]:
    before = maintain.as_wish(one)
    if before == wish or not _stands(one, at=at):
        return []
    maintain.changed(one, wish, by=by, at=at)
    what = _what(wish.title)
    both = {"start": (before.start, wish.start), "end": (before.end, wish.end)}
    servers = {"servers": (before.servers, wish.servers)}
    return [changed(f"{what}: {name}", old, new) for name, (old, new) in {**both, **servers}.items() if old != new]


def _left(one: Maintenance, *, by: Actor, at: datetime) -> list[Change]:
    monitoring.leaves_the_file(one)
    if not _stands(one, at=at):
        return []
    maintain.stop(one, reason="", by=by, at=at)
    return [removed(_what(one.title))]


def _what(title: str) -> str:
    return f"maintenance {title}"
