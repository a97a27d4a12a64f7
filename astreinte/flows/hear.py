"""Other people's monitoring speaks: what it says fails is an incident, once, and rings as if we had seen it ourselves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from astreinte.accounts import queries as accounts
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing, yields_to_twin
from astreinte.customers.models import Server
from astreinte.flows import call_for_trouble, recover
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring import expected, rules, sources
from astreinte.monitoring import queries as watched
from astreinte.monitoring.actions import Told
from astreinte.monitoring.alertmanager import WATCHDOG, Heard
from astreinte.monitoring.models import AlertSource, Check, Incident
from astreinte.monitoring.sources import SILENCE
from astreinte.monitoring.states import SourceKind
from astreinte.monitoring.words import failed_words, silent_words

# A heartbeat has one alert, whatever is wrong with it.
HEARTBEAT = "heartbeat"


class TooMany(Refusal):
    """The source %(source)s has sent more than %(limit)s requests in %(minutes)s minutes.

    What was accepted is kept; send again in %(seconds)s s.
    """

    slug = "too-many-requests"
    status = 429


def alerts(source: AlertSource, heard: Sequence[Heard], *, at: datetime) -> None:
    """Take in what a source says in one request. Raises TooMany."""
    come_in(source, at=at)
    _taken(source, heard, at=at)


def heartbeat(source: AlertSource, *, said: str, at: datetime) -> None:
    """A heartbeat: `said` is empty (all is well), `start` or `fail`. Raises TooMany."""
    come_in(source, at=at)
    _beat(source, said=said, at=at)


def come_in(source: AlertSource, *, at: datetime) -> None:
    """One more request of this source. Raises TooMany."""
    seconds = _waits(source, at=at)
    if seconds:
        said = {"source": source.name, "limit": sources.MOST, "minutes": sources.WITHIN_S // 60}
        raise TooMany(**said, seconds=seconds)


@all_or_nothing
def _waits(source: AlertSource, *, at: datetime) -> int:
    return monitoring.let_in(source, at=at)


@yields_to_twin
@all_or_nothing
def _taken(source: AlertSource, heard: Sequence[Heard], *, at: datetime) -> None:
    """The Watchdog is no trouble. Alertmanager goes on to speak when Prometheus is dead, and then only takes back: that proves nothing."""
    theirs = source.kind == SourceKind.ALERTMANAGER
    news = [one for one in heard if not (theirs and one.name == WATCHDOG)]
    alive = not theirs or any(one.firing for one in heard)
    monitoring.hear(source, at=at, due_at=due(source, at=at) if alive else source.due_at)
    again = [_of(source, words=silent_words(source), firing=False)] if alive else []
    told(source, [*news, *again], at=at)


@yields_to_twin
@all_or_nothing
def _beat(source: AlertSource, *, said: str, at: datetime) -> None:
    if said == "start":
        monitoring.began(source, at=at)
        return
    monitoring.hear(source, at=at, due_at=due(source, at=at))
    told(source, [_of(source, words=failed_words(source), firing=said == "fail")], at=at)


def due(source: AlertSource, *, at: datetime, newest_at: datetime | None = None) -> datetime | None:
    """Until when a source heard now may be silent; `newest_at` is when the newest copy that its listing named was made."""
    return expected.due(
        last=at,
        every_s=source.every_s,
        cron=source.cron,
        grace_s=source.grace_s,
        newest_at=newest_at,
        younger_than_s=source.younger_than_s,
        zone=accounts.zone().key,
    )


def _of(source: AlertSource, *, words: dict[str, str], firing: bool) -> Heard:
    title = next(iter(words.values()))
    fingerprint = HEARTBEAT if source.kind in sources.EXPECTED else SILENCE
    return Heard(fingerprint=fingerprint, firing=firing, name=source.name, title=title, words=words)


# -- what is said --------------------------------------------------------------------------------------------------------


def told(source: AlertSource, heard: Sequence[Heard], *, at: datetime) -> None:
    """Said again is counted, new begins, taken back ends. Within one request the last word about an alert counts."""
    last = {one.fingerprint: one for one in heard}
    known = sources.firing(source, last)
    monitoring.fires_still([alert for key, alert in known.items() if last[key].firing], at=at)
    over = [alert for key, alert in known.items() if not last[key].firing]
    monitoring.silence(over, at=at)
    recover.alerts(over, at=at)
    _begin(source, [one for key, one in last.items() if one.firing and key not in known], at=at)


@dataclass(frozen=True, kw_only=True)
class _Placed:
    """What is heard, the check of ours it names, and the server it is about."""

    heard: Heard
    server: Server | None
    check: Check | None = None

    @property
    def together(self) -> tuple[int, str]:
        """Alerts of one server and one name are one incident; so is whatever is said of one check."""
        return self.server.pk if self.server else 0, f"check/{self.check.pk}" if self.check else self.heard.name


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What is known of all that one request says, asked once: a storm is thousands of alerts."""

    maintained: Collection[int]  # servers
    before: Mapping[str, Incident]  # by fingerprint
    begun: Mapping[tuple[int, str], Incident]  # by server and name
    newest: Mapping[int, Incident]  # by check

    def is_maintained(self, told: Sequence[_Placed]) -> bool:
        """Whether a maintenance explains what is said of this one thing."""
        server = told[0].server
        return server is not None and server.pk in self.maintained

    def alive(self, told: Sequence[_Placed]) -> Incident | None:
        """The incident in progress about them."""
        mentioned = [*self._before(told), self._about(told[0])]
        return next((one for one in mentioned if one and one.state == "open"), None)

    def last(self, told: Sequence[_Placed]) -> Incident | None:
        """The newest one about the same, when none is in progress."""
        check = told[0].check
        return self._about(told[0]) if check else max(self._before(told), key=lambda one: one.pk, default=None)

    def is_new(self, told: Sequence[_Placed]) -> bool:
        """Whether an incident never seen before begins with them."""
        return not (self.is_maintained(told) or self.alive(told) or self.last(told))

    def _before(self, told: Sequence[_Placed]) -> list[Incident]:
        return [self.before[one.heard.fingerprint] for one in told if one.heard.fingerprint in self.before]

    def _about(self, first: _Placed) -> Incident | None:
        return self.newest.get(first.check.pk) if first.check else self.begun.get(first.together)


def _known(source: AlertSource, placed: Sequence[_Placed], *, at: datetime) -> _Known:
    servers = {one.server.pk for one in placed if one.server}
    names = {one.heard.name for one in placed if not one.check}
    return _Known(
        maintained=watched.maintained(servers, at=at),
        before=sources.last_incidents(source, [one.heard.fingerprint for one in placed]),
        begun=sources.begun(source, servers=servers, names=names, at=at),
        newest=watched.newest_of([one.check for one in placed if one.check]),
    )


def _begin(source: AlertSource, fresh: Sequence[Heard], *, at: datetime) -> None:
    """What is about one thing is one incident; many servers in one breath are one trouble."""
    if not fresh:
        return
    placed = sorted(_placed(source, fresh), key=lambda one: one.together)
    known = _known(source, placed, at=at)
    groups = [[*found] for _key, found in groupby(placed, key=lambda one: one.together)]
    many = len({one.together[0] for one in placed}) >= rules.STORM
    storm: Incident | None = None
    about: list[Incident | None] = []
    while groups[len(about) :] and not storm:
        about.append(_incident(source, groups[len(about)], known=known, at=at))
        storm = _rings(about[-1]) if many else None
    about += _parts(source, groups[len(about) :], known=known, of=storm, at=at) if storm else []
    told = [(one, incident) for group, incident in zip(groups, about, strict=True) for one in group]
    monitoring.fire(
        source, [Told(heard=one.heard, server=one.server, incident=incident) for one, incident in told], at=at
    )


def _parts(
    source: AlertSource, groups: Sequence[Sequence[_Placed]], *, known: _Known, of: Incident, at: datetime
) -> list[Incident | None]:
    """The rest of a storm. What begins is written together: a thousand alerts a second leave no time for each."""
    begins = [number for number, group in enumerate(groups) if known.is_new(group)]
    opened = call_for_trouble.parts([_trouble(source, groups[number]) for number in begins], of=of, at=at)
    new = dict(zip(begins, opened, strict=True))
    return [
        new[number] if number in new else _incident(source, group, known=known, part_of=of, at=at)
        for number, group in enumerate(groups)
    ]


def _rings(incident: Incident | None) -> Incident | None:
    around = incident and (incident.parent or incident)
    return around if around and around.page and around.state == "open" else None


def _placed(source: AlertSource, heard: Sequence[Heard]) -> list[_Placed]:
    checks = sources.checks_of(heard)
    return [_place(source, one, checks.get(one.check)) for one in heard]


def _place(source: AlertSource, heard: Heard, check: Check | None) -> _Placed:
    if check:
        return _Placed(heard=heard, server=check.server, check=check)
    if heard.fingerprint == SILENCE:
        return _Placed(heard=heard, server=None)  # it is the source that fails, not the server it speaks of
    return _Placed(heard=heard, server=sources.server_of(heard) or _own(source))


def _own(source: AlertSource) -> Server | None:
    return source.server if source.server and source.server.is_active else None


def _incident(
    source: AlertSource, told: Sequence[_Placed], *, known: _Known, part_of: Incident | None = None, at: datetime
) -> Incident | None:
    """The one in progress about them, or a new one; None while a maintenance explains them."""
    if known.is_maintained(told):
        return None
    alive = known.alive(told)
    if alive:
        return alive
    return call_for_trouble.begins(_trouble(source, told), last=known.last(told), part_of=part_of, at=at)


def _trouble(source: AlertSource, told: Sequence[_Placed]) -> call_for_trouble.Trouble:
    first = told[0]
    return call_for_trouble.of_heard(source, first.heard, server=first.server, check=first.check)


# -- what the prober looks for -------------------------------------------------------------------------------------------


def left_firing(*, at: datetime) -> int:
    """Alerts that a maintenance explained, and that still fire after it, begin now. Answers how many."""
    return sum(_explained(pk, at=at) for pk in sources.unexplained(at=at))


@all_or_nothing
def _explained(pk: int, *, at: datetime) -> bool:
    alert = sources.held_if_unexplained(pk)
    if alert is None:
        return False
    heard = call_for_trouble.as_heard(alert)
    check = sources.checks_of([heard]).get(heard.check)
    told = [_Placed(heard=heard, server=alert.server, check=check)]
    incident = _incident(alert.source, told, known=_known(alert.source, told, at=at), at=at)
    if incident:
        monitoring.explain(alert, incident)
    return incident is not None


def unheard_of(*, at: datetime) -> int:
    """Heartbeats and sources that are late: each is an incident, once. Answers how many."""
    return sum(_late(pk, at=at) for pk in sources.late(at=at))


@yields_to_twin
@all_or_nothing
def _late(pk: int, *, at: datetime) -> bool:
    source = sources.held_if_late(pk, at=at)
    if source is None:
        return False
    told(source, [_of(source, words=silent_words(source), firing=True)], at=at)
    return True
