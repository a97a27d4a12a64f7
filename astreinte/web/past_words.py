"""The past of a check as pictures with their words: ninety days as a bar, two days of latency as a line."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby

from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from astreinte.monitoring.history import PLOTTED, Day, Moment
from astreinte.monitoring.rules.rollups import MOMENT
from astreinte.web.templatetags import desk

DAY_WORDS = {
    "unknown": gettext_noop("no data"),
    "up": gettext_noop("in order"),
    "degraded": gettext_noop("trouble"),
    "down": gettext_noop("down"),
}
# Where the cells of a state stand in a bar of height 10: a bad day is taller as well as another colour.
MIDDLE = {"up": 6.5, "degraded": 5.75, "down": 5, "unknown": 9}
BAD = frozenset({"down", "degraded"})
# The bad days that are told beside the bar, the newest.
TOLD = 3
STEP = timedelta(seconds=MOMENT)


@dataclass(frozen=True, kw_only=True)
class Run:
    """Days in a row in the same state: a line of cells, and what it says."""

    state: str
    path: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Ninety days: the cells, one sentence for them all, and the last bad days in words."""

    runs: list[Run]
    length: int
    words: str
    told: list[str]
    more: int


def bar(days: Sequence[Day]) -> Bar:
    """The days of a check, as components/days.html draws them."""
    runs = list(_runs(days))
    bad = [run.label for run in reversed(runs) if run.state in BAD]
    return Bar(runs=runs, length=len(days), words=_summary(days), told=bad[:TOLD], more=max(0, len(bad) - TOLD))


def legend() -> list[tuple[str, str]]:
    """Each state of a day, and its word."""
    return [(state, _(DAY_WORDS[state])) for state in ("up", "degraded", "down", "unknown")]


def _runs(days: Sequence[Day]) -> Iterable[Run]:
    at = 0
    for (state, _ordinal), some in groupby(enumerate(days), key=_alike):
        run = [day for _number, day in some]
        label = _bad(run[0]) if state in BAD else _span(run)
        yield Run(state=state, path=f"M{at}.1 {MIDDLE[state]}H{at + len(run)}", label=label)
        at += len(run)


def _alike(numbered: tuple[int, Day]) -> tuple[str, int]:
    """Quiet days go together; a bad day stands alone, for its own words."""
    number, day = numbered
    return day.state, number if day.state in BAD else -1


def _span(run: Sequence[Day]) -> str:
    first, last, state = _day(run[0].day), _day(run[-1].day), _(DAY_WORDS[run[0].state])
    if len(run) == 1:
        return _("%(day)s: %(state)s") % {"day": first, "state": state}
    return _("%(first)s to %(last)s: %(state)s") % {"first": first, "last": last, "state": state}


def _day(value: date) -> str:
    """Babel takes its time to write a day, and a page has the same ninety for every service."""
    return _written(value, get_language() or "")


@lru_cache(maxsize=1000)
def _written(value: date, _language: str) -> str:
    return desk.day(value)


def _bad(day: Day) -> str:
    if day.state == "down":
        return _("%(day)s: down for %(span)s") % {"day": _day(day.day), "span": desk.duration(day.down)}
    words = ngettext("%(day)s: %(number)d failed look", "%(day)s: %(number)d failed looks", day.failures)
    return words % {"day": _day(day.day), "number": day.failures}


def _summary(days: Sequence[Day]) -> str:
    counted = Counter(day.state for day in days)
    parts = [
        ngettext("%(state)s on %(number)d day", "%(state)s on %(number)d days", counted[state])
        % {"number": counted[state], "state": _(words)}
        for state, words in reversed(DAY_WORDS.items())
        if counted[state]
    ]
    return _("The last %(number)d days: %(parts)s.") % {"number": len(days), "parts": ", ".join(parts)}


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Latencies of two days: the line (broken where there is none), the five minutes with a failure, and what they say."""

    line: str
    failures: str
    width: int
    top_ms: int
    words: str


def plot(sums: Sequence[Moment], *, at: datetime) -> Plot | None:
    """The line of components/latency.html, in a box as wide as two days have five minutes, 100 high; None without a measure."""
    means = [one.ms_mean for one in sums if one.ms_mean is not None]
    if not means:
        return None
    width, top = PLOTTED // STEP, max(*means, 1)
    places = [(width - 1 - (at - one.start) // STEP, one) for one in sums]
    said = {"median": sorted(means)[len(means) // 2], "most": max(one.ms_max for one in sums)}
    return Plot(
        line=_line([(x, 98 - 92 * one.ms_mean / top) for x, one in places if one.ms_mean is not None]),
        failures="".join(f"M{x} 100V84" for x, one in places if one.failures),
        width=width,
        top_ms=top,
        words=_("Latency of the last 48 hours: usually %(median)d ms, at most %(most)d ms.") % said,
    )


def _line(points: Iterable[tuple[int, float]]) -> str:
    """An SVG path: a point that does not follow its neighbour begins a new line, one that is alone is a dash."""
    found, before = [], None
    for x, y in points:
        found.append(f"L{x} {y:.1f}" if before == x - 1 else f"M{x} {y:.1f}h.5")
        before = x
    return "".join(found)
