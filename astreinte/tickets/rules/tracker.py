"""The ladder of calls as a customer may see it: who is called, what came of it, who took it. Pure: read from history alone.

No number, no address, no internal kind comes out of here: names, channels, states and instants only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from astreinte.core.refusals import gettext_noop

# A night of rings is told by its end; what came before is a count.
SHOWN = 12
CALLING, SENT, DELIVERED, FAILED = "sending", "accepted", "delivered", "failed"
# What came of a call, in words.
OUTCOMES = {
    "sending": gettext_noop("Being called"),
    "accepted": gettext_noop("Called, no answer yet"),
    "delivered": gettext_noop("Reached, no answer yet"),
    "failed": gettext_noop("Could not be reached"),
    "no-answer": gettext_noop("No answer"),
    "declined": gettext_noop("Cannot come"),
    "acknowledged": gettext_noop("Took charge"),
    "joined": gettext_noop("Helping"),
    "passed": gettext_noop("Took charge, then passed it on"),
    "stopped": gettext_noop("No longer called"),
    "nobody": gettext_noop("Nobody to call at this step"),
    "next": gettext_noop("Called next"),
}
LIVE = {CALLING, SENT, DELIVERED, FAILED}
_BECAME = {"notification:accepted": SENT, "notification:delivered": DELIVERED, "notification:failed": FAILED}


class Line(Protocol):
    """A line of history."""

    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def by_name(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One person called once.

    States: sending accepted delivered failed no-answer declined acknowledged passed joined stopped nobody next.
    """

    person: str
    state: str
    at: datetime | None
    channels: tuple[str, ...] = ()
    until: datetime | None = None  # when it ended: answered, passed on, next step rung
    eta_at: datetime | None = None
    everybody: bool = False  # the last resort
    added_by: str = ""  # a colleague had them called besides the plan


@dataclass(frozen=True, kw_only=True)
class Tracker:
    """The ladder, oldest rung first; `earlier` rungs are not shown."""

    rungs: tuple[Rung, ...]
    earlier: int = 0

    @property
    def taken(self) -> Rung | None:
        """The rung of whoever has it now."""
        return next((rung for rung in reversed(self.rungs) if rung.state == "acknowledged"), None)

    @property
    def called(self) -> tuple[Rung, ...]:
        """Those whose phones ring now."""
        return tuple(rung for rung in self.rungs if rung.state in LIVE)


def tracker(lines: Iterable[Line], *, next_at: datetime | None = None, shown: int = SHOWN) -> Tracker:
    """The ladder of these lines (oldest first); `next_at` is when the next step is due, None when nothing rings."""
    rungs: list[Rung] = []
    for line in lines:
        step = _STEPS.get(line.kind)
        if step:
            rungs = step(rungs, line)
    if next_at is not None:
        rungs.append(Rung(person="", state="next", at=None, until=next_at))
    return Tracker(rungs=tuple(rungs[-shown:]), earlier=max(0, len(rungs) - shown))


def _ended(rungs: list[Rung], line: Line, *, state: str) -> list[Rung]:
    return [replace(rung, state=state, until=line.at) if rung.state in LIVE else rung for rung in rungs]


def _rung(rungs: list[Rung], line: Line) -> list[Rung]:
    called = [Rung(person=person, state=CALLING, at=line.at) for person in line.data.get("people", [])]
    return [*_ended(rungs, line, state="no-answer"), *called]


def _nobody(rungs: list[Rung], line: Line) -> list[Rung]:
    return [*rungs, Rung(person="", state="nobody", at=line.at)]


def _last_resort(rungs: list[Rung], line: Line) -> list[Rung]:
    return [
        *_ended(rungs, line, state="no-answer"),
        Rung(person="", state=CALLING, at=line.at, everybody=True),
    ]


def _added(rungs: list[Rung], line: Line) -> list[Rung]:
    return [*rungs, Rung(person=line.data.get("person", ""), state=CALLING, at=line.at, added_by=line.by_name)]


def _last_of(rungs: list[Rung], person: str, *, states: Iterable[str]) -> int | None:
    wanted = set(states)
    found = [i for i, rung in enumerate(rungs) if rung.state in wanted and (rung.person == person or rung.everybody)]
    return found[-1] if found else None


def _with(rungs: list[Rung], index: int, **changes: Any) -> list[Rung]:
    return [*rungs[:index], replace(rungs[index], **changes), *rungs[index + 1 :]]


def _letter(rungs: list[Rung], line: Line) -> list[Rung]:
    """A message on its way. Only while they are being called: what is said to them afterwards is not a ring."""
    index = _last_of(rungs, line.data.get("name", ""), states=LIVE)
    if index is None:
        return rungs
    rung, channel = rungs[index], line.data.get("channel", "")
    channels = rung.channels if channel in rung.channels else (*rung.channels, channel)
    state = _BECAME.get(line.kind, rung.state)
    # one channel that fails says nothing about the others
    if state == FAILED and rung.state in {SENT, DELIVERED} and len(channels) > 1:
        state = rung.state
    if rung.state == DELIVERED and state == SENT:
        state = DELIVERED
    return _with(rungs, index, channels=channels, state=state)


def _eta(line: Line) -> datetime | None:
    said = line.data.get("eta_at")
    return datetime.fromisoformat(said) if said else None


def _taken(rungs: list[Rung], line: Line) -> list[Rung]:
    index = _last_of(rungs, line.by_name, states=LIVE)
    if index is None or rungs[index].everybody:
        rungs = [*rungs, Rung(person=line.by_name, state=CALLING, at=line.at)]
        index = len(rungs) - 1
    rungs = _with(rungs, index, state="acknowledged", until=line.at, eta_at=_eta(line))
    return _ended(rungs, line, state="stopped")


def _new_eta(rungs: list[Rung], line: Line) -> list[Rung]:
    index = _last_of(rungs, line.by_name, states={"acknowledged"})
    return rungs if index is None else _with(rungs, index, eta_at=_eta(line))


def _declined(rungs: list[Rung], line: Line) -> list[Rung]:
    index = _last_of(rungs, line.by_name, states=LIVE)
    return rungs if index is None else _with(rungs, index, state="declined", until=line.at)


def _joined(rungs: list[Rung], line: Line) -> list[Rung]:
    """Somebody who was added is coming: the one who has it still does."""
    index = _last_of(rungs, line.by_name, states={*LIVE, "joined", "declined"})
    return rungs if index is None else _with(rungs, index, state="joined", until=line.at, eta_at=_eta(line))


def _excused(rungs: list[Rung], line: Line) -> list[Rung]:
    index = _last_of(rungs, line.by_name, states={*LIVE, "joined"})
    return rungs if index is None else _with(rungs, index, state="declined", until=line.at, eta_at=None)


def _passed(rungs: list[Rung], line: Line) -> list[Rung]:
    index = next((i for i, rung in reversed(list(enumerate(rungs))) if rung.state == "acknowledged"), None)
    rungs = _ended(rungs, line, state="stopped")  # who was called to help them
    return rungs if index is None else _with(rungs, index, state="passed", until=line.at, eta_at=None)


def _closed(rungs: list[Rung], line: Line) -> list[Rung]:
    """Over: when the work was to start says nothing any more."""
    return [replace(rung, eta_at=None) for rung in _ended(rungs, line, state="stopped")]


_STEPS = {
    "page:rung": _rung,
    "page:step-skipped": _nobody,
    "page:last-resort": _last_resort,
    "page:added": _added,
    "page:joined": _joined,
    "page:excused": _excused,
    "notification:sending": _letter,
    "notification:accepted": _letter,
    "notification:delivered": _letter,
    "notification:failed": _letter,
    "page:acknowledged": _taken,
    "page:declined": _declined,
    "page:handed-over": _passed,
    "page:closed": _closed,
    "ticket:eta": _new_eta,
    "page:eta": _new_eta,
}
