"""The verbs of other people's monitoring: let a source in, hear it, keep what it says and what it takes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from astreinte.core import rows, timeline
from astreinte.core.actors import Actor
from astreinte.customers.models import Server
from astreinte.monitoring.alertmanager import Heard
from astreinte.monitoring.models import Alert, AlertSource, Incident
from astreinte.monitoring.sources import MOST, WITHIN_S


def let_in(source: AlertSource, *, at: datetime) -> int:
    """Count one request of this source. Answers for how many seconds it must wait: 0, unless there were too many.

    Counted in its row, for all the processes that take requests at once.
    """
    mine = AlertSource.objects.filter(pk=source.pk)
    begins = at - timedelta(seconds=WITHIN_S)
    another = Q(window_at=None) | Q(window_at__lte=begins) | Q(window_at__gt=at)  # the clock may have been moved back
    if mine.filter(another).update(window_at=at, window_count=1):
        return 0
    if mine.filter(window_count__lt=MOST).update(window_count=F("window_count") + 1):
        return 0
    mine.update(refused_at=at)
    source.refresh_from_db(fields=["window_at"])
    return max(1, WITHIN_S - int((at - (source.window_at or at)).total_seconds()))


def hear(source: AlertSource, *, at: datetime, due_at: datetime | None = None) -> None:
    """The source is alive. Its row stays ours until this transaction ends: what it says is taken in one thing after the other."""
    AlertSource.objects.filter(pk=source.pk).update(heard_at=at, due_at=due_at)


def listed(source: AlertSource, *, saw: str, newest_at: datetime | None) -> None:
    """What the listing of its copies says; `newest_at` when the newest one is whole."""
    AlertSource.objects.filter(pk=source.pk).update(saw=saw[:200], newest_at=newest_at)


def began(source: AlertSource, *, at: datetime) -> None:
    """The job behind a heartbeat starts; it is heard once it is done."""
    AlertSource.objects.filter(pk=source.pk).update(began_at=at)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A new alert, where it is, and its incident; without one, a maintenance explains it."""

    heard: Heard
    server: Server | None
    incident: Incident | None


def fire(source: AlertSource, told: Sequence[Told], *, at: datetime) -> None:
    """Keep these new alerts."""
    if any(one.server for one in told):
        AlertSource.objects.filter(pk=source.pk).update(matched_at=at)
    rows.insert_all([_alert(source, one, at=at) for one in told])


def _alert(source: AlertSource, told: Told, *, at: datetime) -> Alert:
    heard = told.heard
    return Alert(
        source=source,
        fingerprint=heard.fingerprint,
        name=heard.name,
        title=heard.title,
        labels=dict(heard.labels),
        server=told.server,
        incident=told.incident,
        first_at=at,
        last_at=at,
    )


def fires_still(alerts: Sequence[Alert], *, at: datetime) -> None:
    """The source says these again: nothing new."""
    if alerts:
        known = Alert.objects.filter(pk__in=[one.pk for one in alerts])
        known.update(times=F("times") + 1, last_at=at)


def explain(alert: Alert, incident: Incident) -> None:
    """The maintenance is over, and this alert still fires: it has its incident."""
    Alert.objects.filter(pk=alert.pk).update(incident=incident)


def silence(alerts: Sequence[Alert], *, at: datetime) -> None:
    """The source takes these back."""
    if alerts:
        known = Alert.objects.filter(pk__in=[one.pk for one in alerts], firing=True)
        known.update(firing=False, last_at=at, resolved_at=at)


def let_source_go(incident: Incident, source: AlertSource, *, by: Actor, at: datetime) -> None:
    """The source of this incident is not expected any more: it is written why it ends."""
    timeline.record(incident, "incident:unexpected", at=at, by=by, story=incident.story, source=source.name)


def silence_all(incident: Incident, *, at: datetime) -> None:
    """A person says that the incident is over: an alert of it that is said again is new."""
    incident.alerts.filter(firing=True).update(firing=False, resolved_at=at)
