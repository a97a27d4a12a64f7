"""A backup job sends the listing of its copies with its heartbeat: the newest is judged as the one our own check reads."""

from datetime import datetime, timedelta

from astreinte.accounts import queries as accounts
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing, yields_to_twin
from astreinte.flows import hear
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring import listings
from astreinte.monitoring.alertmanager import Heard
from astreinte.monitoring.listings import Unreadable
from astreinte.monitoring.models import AlertSource
from astreinte.monitoring.rules import copies
from astreinte.monitoring.rules.copies import Judged
from astreinte.monitoring.words import backup_words


class NoListing(Refusal):
    """%(source)s brings the listing of its copies: send it with POST, as ls, find or restic writes it. This did not count."""

    slug = "no-listing"
    status = 422


def listing(source: AlertSource, body: bytes | None, *, at: datetime) -> Judged:
    """Take in a listing, and answer what it says of the backup. Raises TooMany, NoListing.

    One that cannot be read, or that names no copy, counts against the backup as one that is too old does.
    """
    hear.come_in(source, at=at)
    if body is None:
        raise NoListing(source=source.name)
    found = _judged(source, body, at=at)
    _taken(source, found, at=at)
    return found


def _judged(source: AlertSource, body: bytes, *, at: datetime) -> Judged:
    try:
        found = listings.read(body, pattern=source.pattern, zone=accounts.zone().key, at=at)
    except Unreadable as why:
        return Judged(up=False, summary=str(why))
    younger_than = timedelta(seconds=source.younger_than_s or 0)
    return copies.judged(found, where="the listing", younger_than=younger_than, at=at)


@yields_to_twin
@all_or_nothing
def _taken(source: AlertSource, found: Judged, *, at: datetime) -> None:
    newest_at = found.newest.made_at if found.newest and found.newest.size != 0 else None
    monitoring.hear(source, at=at, due_at=hear.due(source, at=at, newest_at=newest_at))
    monitoring.listed(source, saw=found.summary, newest_at=newest_at)
    words = backup_words(source)
    said = Heard(fingerprint=hear.HEARTBEAT, firing=not found.up, name=source.name, title=found.summary, words=words)
    hear.told(source, [said], at=at)
