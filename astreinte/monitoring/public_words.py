"""What the world reads, in words that name a component and never a server: for the page, the feeds and those who subscribed."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import get_language, gettext, gettext_noop, pgettext
from django.utils.translation import gettext as _

from astreinte.monitoring.rules.publicity import Board, Level, Planned, Texts, Told, Update
from astreinte.monitoring.states import Stage

LEVELS = {
    Level.UP: gettext_noop("in order"),
    Level.MAINTENANCE: gettext_noop("maintenance"),
    Level.DEGRADED: gettext_noop("degraded"),
    Level.PARTIAL: gettext_noop("partial outage"),
    Level.OUTAGE: gettext_noop("outage"),
}
SENTENCES = {
    Level.UP: gettext_noop("All services are in order."),
    Level.MAINTENANCE: gettext_noop("Maintenance is in progress."),
    Level.DEGRADED: gettext_noop("Some services are degraded."),
    Level.PARTIAL: gettext_noop("Some services are partly out."),
    Level.OUTAGE: gettext_noop("Some services are out of order."),
}
# What is said of a stage when nobody wrote: no more than is known for sure.
OWN = {
    Stage.INVESTIGATING: gettext_noop("Our monitoring found it and has called the engineer on duty."),
    Stage.IDENTIFIED: gettext_noop("The cause is known: it is being mended."),
    Stage.MONITORING: gettext_noop("It answers again: we watch that it stays so."),
    Stage.RESOLVED: gettext_noop("Our monitoring sees it in order again."),
}


def level(one: Level) -> str:
    """How a component is, in a few words."""
    return gettext(LEVELS[one])


def sentence(one: Level) -> str:
    """How all of it is."""
    return gettext(SENTENCES[one])


def in_language(texts: Texts) -> str:
    """The text in the reader's language, else in the first there is."""
    known = dict(texts)
    return known.get((get_language() or "")[:2]) or next(iter(known.values()), "")


def names(board: Board, keys: Iterable[str]) -> str:
    """These components, by name, in the order of the page."""
    wanted = set(keys)
    return ", ".join(in_language(one.names) for one in board.components if one.key in wanted)


def title(told: Told, board: Board) -> str:
    """What is wrong, in one line: "Mail: out of service"."""
    known = names(board, dict(told.levels))
    if not known:
        return _("Incident")
    return _("%(components)s: %(level)s") % {"components": known, "level": level(told.worst)}


def maintenance_title(work: Planned, board: Board) -> str:
    """What is maintained, in one line."""
    return _("%(components)s: %(level)s") % {
        "components": names(board, work.components),
        "level": level(Level.MAINTENANCE),
    }


def stage(update: Update) -> str:
    """How far they are: the word that stands over an update."""
    return str(Stage(update.stage).label)


def text(update: Update) -> str:
    """What was said, as it was written; or what the product says by itself."""
    return in_language(update.texts) or gettext(OWN[Stage(update.stage)])


def work_stage(work: Planned) -> str:
    """What became of the plan: it stands, it was moved, it was cancelled."""
    if work.window.cancelled:
        return pgettext("a maintenance", "cancelled")
    return pgettext("a maintenance", "moved") if work.window.was else _("planned")


def work_line(work: Planned, board: Board) -> str:
    """The same in the line of a list, where what stands says no more than its title."""
    title = maintenance_title(work, board)
    return f"{title} · {work_stage(work)}" if is_otherwise(work) else title


def is_otherwise(work: Planned) -> bool:
    """Whether it does not take place as it was told at first."""
    return work.window.cancelled or work.window.was is not None


def work_text(work: Planned) -> str:
    """When, in the zone of programs; and what else is to be said."""
    text = _hours(work.window.start, work.window.end)
    if work.window.cancelled:
        return "\n".join([text, _("It does not take place.")])
    was = work.window.was
    return "\n".join([text, _("Before: %(hours)s") % {"hours": _hours(was.start, was.end)}]) if was else text


def _hours(start: datetime, end: datetime) -> str:
    return f"{start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M} UTC"
