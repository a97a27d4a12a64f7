"""Append-only history. Each line carries its own SHA-256; a seal chains the lines in batches, whole second by whole second.

The chain is made by sealing, not at each line: a chain per line would make every writer wait for every other one.
Its last number says "nothing new" in one indexed read.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from astreinte.core import digests
from astreinte.core.actors import Actor
from astreinte.core.models import TimelineEntry


def name_of(obj: models.Model) -> str:
    """How history calls a row: "ticket/12"."""
    return f"{obj._meta.model_name}/{obj.pk}"  # noqa: SLF001


def record(obj: models.Model, kind: str, *, at: datetime, by: Actor, story: str, **data: Any) -> TimelineEntry:
    """Write one line of history about `obj`, in the story where people will look for it."""
    entry = TimelineEntry(
        story=story, subject=name_of(obj), kind=kind, at=at, by_kind=by.kind, by_id=by.id, by_name=by.name, data=data
    )
    entry.sha256 = entry.digest()
    entry.save(force_insert=True)
    return entry


def of(*stories: str) -> models.QuerySet[TimelineEntry]:
    """The history of these stories, oldest first."""
    return TimelineEntry.objects.filter(story__in=stories).order_by("id")


def last_number(*stories: str) -> int:
    """The number of the newest line of these stories; 0 when there is none."""
    newest = TimelineEntry.objects.filter(story__in=stories).aggregate(newest=models.Max("id"))["newest"]
    return newest or 0


def newest_number() -> int:
    """The number of the newest line of all; 0 when there is none."""
    return TimelineEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def chain(previous: str, lines: Iterable[str]) -> str:
    """The SHA-256 of a seal: that of the seal before it, then each line's."""
    return digests.sha256("\n".join([previous, *lines]))
