"""Re-computes the proofs of the history: each line's own digest, and the chain of seals. Reads only."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from astreinte.core import timeline
from astreinte.core.models import Seal, TimelineEntry
from astreinte.core.refusals import gettext_noop


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A row that does not say any more what it said: which one, and how we know. `why` is a msgid."""

    row: str
    why: str


CHANGED = gettext_noop("its content does not match its SHA-256")
SEAL_MISSING = gettext_noop("this seal is missing")
SEAL_UNCHAINED = gettext_noop("it does not follow the seal before it")
SEAL_LINES = gettext_noop("lines of this seal were removed, added or put in another order")
SEAL_UNKNOWN = gettext_noop("its seal is missing")


def history() -> Iterator[Broken]:
    """What is broken in the timeline, in order."""
    yield from _lines()
    yield from _seals()


def head() -> str:
    """The last seal, to be kept somewhere else: with it nobody can cut the end of the history unseen."""
    last = Seal.objects.order_by("-number").first()
    return f"{last.number}:{last.sha256}" if last else ""


def _entries() -> QuerySet[TimelineEntry]:
    return TimelineEntry.objects.order_by("id")


def _lines() -> Iterator[Broken]:
    known = set(Seal.objects.values_list("number", flat=True))
    for entry in _entries().iterator(chunk_size=1000):
        if entry.digest() != entry.sha256:
            yield Broken(row=f"timeline line {entry.pk}", why=CHANGED)
        elif entry.seal is not None and entry.seal not in known:
            yield Broken(row=f"timeline line {entry.pk}", why=SEAL_UNKNOWN)


def _seals() -> Iterator[Broken]:
    expected, previous = 1, ""
    for seals in _in_batches():
        lines = _sealed_lines(seals)
        for seal in seals:
            for missing in range(expected, seal.number):
                yield Broken(row=f"seal {missing}", why=SEAL_MISSING)
                previous = seal.previous_sha256
            yield from _seal(seal, lines[seal.number], previous=previous)
            expected, previous = seal.number + 1, seal.sha256


def _in_batches(size: int = 50) -> Iterator[list[Seal]]:
    after = 0
    while seals := list(Seal.objects.filter(number__gt=after).order_by("number")[:size]):
        yield seals
        after = seals[-1].number


def _sealed_lines(seals: list[Seal]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = TimelineEntry.objects.filter(seal__in=[seal.number for seal in seals]).order_by("seal", "id")
    for number, sha256 in rows.values_list("seal", "sha256"):
        found[number or 0].append(sha256)
    return found


def _seal(seal: Seal, lines: list[str], *, previous: str) -> Iterator[Broken]:
    if seal.previous_sha256 != previous:
        yield Broken(row=f"seal {seal.number}", why=SEAL_UNCHAINED)
    if len(lines) != seal.lines or timeline.chain(seal.previous_sha256, lines) != seal.sha256:
        yield Broken(row=f"seal {seal.number}", why=SEAL_LINES)
