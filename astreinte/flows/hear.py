"""Other people's monitoring speaks: what it says fails is an incident, once, and rings as if we had seen it ourselves."""

from collections.abc import Sequence
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
from astreinte.monitoring.alertmanager import Heard
from astreinte.monitoring.models import AlertSource, Incident
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
    _come_in(source, at=at)
    _taken(source, heard, at=at)


def heartbeat(source: AlertSource, *, said: str, at: datetime) -> None:
    """A heartbeat: `said` is empty (all is well), `start` or `fail`. Raises TooMany."""
    _come_in(source, at=at)
    _beat(source, said=said, at=at)


def _come_in(source: AlertSource, *, at: datetime) -> None:
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
    monitoring.hear(source, at=at)
    _told(source, heard, at=at)


@yields_to_twin
@all_or_nothing
def _beat(source: AlertSource, *, said: str, at: datetime) -> None:
    if said == "start":
        monitoring.began(source, at=at)
        return
    provider = accounts.provider()
    due_at = expected.due(
        last=at,
        every_s=source.every_s,
        cron=source.cron,
        grace_s=source.grace_s,
        zone=provider.time_zone if provider else "UTC",
    )
    monitoring.hear(source, at=at, due_at=due_at)
    _told(source, [_of(source, words=failed_words(source), firing=said == "fail")], at=at)


def _of(source: AlertSource, *, words: dict[str, str], firing: bool) -> Heard:
    title = next(iter(words.values()))
    return Heard(fingerprint=HEARTBEAT, firing=firing, name=source.name, title=title, words=words)


# -- what is said --------------------------------------------------------------------------------------------------------


def _told(source: AlertSource, heard: Sequence[Heard], *, at: datetime) -> None:
    """Said again is counted, new begins, taken back ends. Within one request the last word about an alert counts."""
    last = {one.fingerprint: one for one in heard}
    known = sources.firing(source, last)
    monitoring.fires_still([alert for key, alert in known.items() if last[key].firing], at=at)
    over = [alert for key, alert in known.items() if not last[key].firing]
    monitoring.silence(over, at=at)
    recover.alerts(over, at=at)
    _begin(source, [one for key, one in last.items() if one.firing and key not in known], at=at)


def _begin(source: AlertSource, fresh: Sequence[Heard], *, at: datetime) -> None:
    """Alerts of one server and one name are one incident; many servers in one breath are one trouble."""
    placed = [(sources.server_of(one) or _own(source), one) for one in fresh]
    placed.sort(key=_together)
    groups = [[*found] for _, found in groupby(placed, key=_together)]
    many = len({server.pk if server else None for server, _ in placed}) >= rules.STORM
    storm: Incident | None = None
    for group in groups:
        server, told = group[0][0], [one for _, one in group]
        incident = _incident(source, told, server=server, part_of=storm, at=at)
        monitoring.fire(source, told, server=server, incident=incident, at=at)
        if many and storm is None and incident and incident.page and incident.parent is None:
            storm = incident


def _own(source: AlertSource) -> Server | None:
    return source.server if source.server and source.server.is_active else None


def _together(placed: tuple[Server | None, Heard]) -> tuple[int, str]:
    server, heard = placed
    return server.pk if server else 0, heard.name


def _incident(
    source: AlertSource, told: Sequence[Heard], *, server: Server | None, part_of: Incident | None, at: datetime
) -> Incident | None:
    """The one in progress about them, or a new one; None while a maintenance explains them."""
    if server and watched.is_maintained(server, at=at):
        return None
    before = list(sources.last_incidents(source, [one.fingerprint for one in told]).values())
    alive = next((one for one in before if one.state == "open"), None)
    alive = alive or sources.incident_of(source, name=told[0].name, server=server, at=at)
    if alive:
        return alive
    trouble = call_for_trouble.of_heard(source, told[0], server=server)
    last = max(before, key=lambda one: one.pk, default=None)
    return call_for_trouble.begins(trouble, last=last, part_of=part_of, at=at)


# -- what the prober looks for -------------------------------------------------------------------------------------------


def left_firing(*, at: datetime) -> int:
    """Alerts that a maintenance explained, and that still fire after it, begin now. Answers how many."""
    return sum(_explained(pk, at=at) for pk in sources.unexplained(at=at))


@all_or_nothing
def _explained(pk: int, *, at: datetime) -> bool:
    alert = sources.held_if_unexplained(pk)
    if alert is None:
        return False
    heard = Heard(fingerprint=alert.fingerprint, firing=True, name=alert.name, title=alert.title)
    incident = _incident(alert.source, [heard], server=alert.server, part_of=None, at=at)
    if incident:
        monitoring.explain(alert, incident)
    return incident is not None


def unheard_of(*, at: datetime) -> int:
    """Heartbeats that are late: each is an incident, once. Answers how many."""
    return sum(_late(pk, at=at) for pk in sources.late(at=at))


@yields_to_twin
@all_or_nothing
def _late(pk: int, *, at: datetime) -> bool:
    source = sources.held_if_late(pk, at=at)
    if source is None:
        return False
    _told(source, [_of(source, words=silent_words(source), firing=True)], at=at)
    return True
