"""Ninety days of a component, as a bar with its words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from astreinte.monitoring import public_words as words
from astreinte.monitoring.rules.publicity import Level, PastDay
from astreinte.web.past_words import TOLD, Bar, Run
from astreinte.web.templatetags import desk

UNKNOWN = "unknown"
NOT_KNOWN = gettext_noop("no data")
# As the bars of the portal: a bad day is taller as well as another colour.
MIDDLE = {Level.UP: 6.5, Level.PARTIAL: 5.75, Level.OUTAGE: 5, UNKNOWN: 9}
# The order of the summary, and of what the bars mean.
ORDER = (UNKNOWN, Level.UP, Level.PARTIAL, Level.OUTAGE)


def bar(days: Sequence[PastDay]) -> Bar:
    """The days of a component, as components/days.html draws them."""
    runs = list(_runs(days))
    bad = [run.label for run in reversed(runs) if run.state not in {UNKNOWN, Level.UP}]
    return Bar(runs=runs, length=len(days), words=_summary(days), told=bad[:TOLD], more=max(0, len(bad) - TOLD))


def legend() -> list[tuple[str, float, str]]:
    """Each state of a day, where its cell stands, and its word."""
    return [(state, MIDDLE[state], _word(state)) for state in (*ORDER[1:], UNKNOWN)]


def _state(day: PastDay) -> str:
    return day.level if day.known else UNKNOWN


def _word(state: str) -> str:
    return _(NOT_KNOWN) if state == UNKNOWN else words.level(Level(state))


def _runs(days: Sequence[PastDay]) -> Iterable[Run]:
    at = 0
    for (state, _ordinal), some in groupby(enumerate(days), key=_alike):
        run = [day for _number, day in some]
        yield Run(state=state, path=f"M{at}.1 {MIDDLE[state]}H{at + len(run)}", label=_label(state, run))
        at += len(run)


def _alike(numbered: tuple[int, PastDay]) -> tuple[str, int]:
    """Quiet days go together; a bad day stands alone, for its own words."""
    number, day = numbered
    state = _state(day)
    return state, -1 if state in {UNKNOWN, Level.UP} else number


def _label(state: str, run: Sequence[PastDay]) -> str:
    first, last = (desk.day(one.start.date()) for one in (run[0], run[-1]))
    if run[0].lost:
        said = {"day": first, "state": _word(state), "span": desk.duration(run[0].lost)}
        return _("%(day)s: %(state)s for %(span)s") % said
    if len(run) == 1:
        return _("%(day)s: %(state)s") % {"day": first, "state": _word(state)}
    return _("%(first)s to %(last)s: %(state)s") % {"first": first, "last": last, "state": _word(state)}


def _summary(days: Sequence[PastDay]) -> str:
    counted = Counter(_state(day) for day in days)
    parts = [
        ngettext("%(state)s on %(number)d day", "%(state)s on %(number)d days", counted[state])
        % {"number": counted[state], "state": _word(state)}
        for state in reversed(ORDER)
        if counted[state]
    ]
    return _("The last %(number)d days: %(parts)s.") % {"number": len(days), "parts": ", ".join(parts)}
