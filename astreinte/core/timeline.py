"""Append-only history. Each line carries its own SHA-256; a seal chains the lines in batches, whole second by whole second.

The chain is made by sealing, not at each line: a chain per line would make every writer wait for every other one.
Its last number says "nothing new" in one indexed read.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction

from astreinte.core import digests, rows
from astreinte.core.actors import Actor
from astreinte.core.models import Seal, TimelineEntry

SETTLED = timedelta(seconds=2)
SEALED_AT_ONCE = 1000


def name_of(obj: models.Model) -> str:
    """How history calls a row: "ticket/12"."""
    return f"{obj._meta.model_name}/{obj.pk}"  # noqa: SLF001


def record(obj: models.Model, kind: str, *, at: datetime, by: Actor, story: str, **data: Any) -> TimelineEntry:
    """Write one line of history about `obj`, in the story where people will look for it."""
    return rows.insert(line(obj, kind, at=at, by=by, story=story, **data))


def record_all(written: Sequence[TimelineEntry]) -> None:
    """Write these lines together."""
    rows.insert_all(written)


def line(obj: models.Model, kind: str, *, at: datetime, by: Actor, story: str, **data: Any) -> TimelineEntry:
    """A line that is not written yet."""
    entry = TimelineEntry(
        story=story, subject=name_of(obj), kind=kind, at=at, by_kind=by.kind, by_id=by.id, by_name=by.name, data=data
    )
    entry.sha256 = entry.digest()
    return entry


def of(*stories: str) -> models.QuerySet[TimelineEntry]:
    """The history of these stories, oldest first."""
    return TimelineEntry.objects.filter(story__in=stories).order_by("id")


def lines(*stories: str) -> list[TimelineEntry]:
    """The same, read at once."""
    return rows.select(TimelineEntry, {"story__in": stories}, order=("id",))


def last_number(*stories: str) -> int:
    """The number of the newest line of these stories; 0 when there is none."""
    newest = TimelineEntry.objects.filter(story__in=stories).aggregate(newest=models.Max("id"))["newest"]
    return newest or 0


def newest_number() -> int:
    """The number of the newest line of all; 0 when there is none."""
    return rows.newest(TimelineEntry)


def chain(previous: str, sealed: Iterable[str]) -> str:
    """The SHA-256 of a seal: that of the seal before it, then each line's."""
    return digests.sha256("\n".join([previous, *sealed]))


def seal(*, at: datetime) -> int:
    """Seal the oldest lines that have none, chained to the seal before; answers how many, 0 when another keeper was faster.

    Lines of the last seconds wait: a transaction that is still open may hold a smaller number.
    """
    try:
        with transaction.atomic():
            return _sealed(at=at)
    except (IntegrityError, _AnotherKeeper):
        return 0  # the number of a seal is given once: the other keeper's seal stands


class _AnotherKeeper(Exception):  # noqa: N818 - undoes a seal whose lines were taken meanwhile
    pass


def _sealed(*, at: datetime) -> int:
    open_lines = TimelineEntry.objects.filter(seal__isnull=True, at__lte=at - SETTLED).order_by("id")
    found = list(open_lines.values_list("id", "sha256")[:SEALED_AT_ONCE])
    if not found:
        return 0
    last = Seal.objects.order_by("-number").first()
    number, previous = (last.number + 1, last.sha256) if last else (1, "")
    sha256 = chain(previous, [one for _id, one in found])
    Seal(number=number, at=at, lines=len(found), previous_sha256=previous, sha256=sha256).save(force_insert=True)
    ids = [key for key, _sha256 in found]
    if TimelineEntry.objects.filter(pk__in=ids, seal__isnull=True).update(seal=number) != len(found):
        raise _AnotherKeeper
    return len(found)
