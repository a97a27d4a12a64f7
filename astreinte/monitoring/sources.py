"""Questions about those who speak to us without a login: whose key is this, what have they said, who is late. Reads only."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from astreinte.core import digests, rows
from astreinte.core.configuration import remembered
from astreinte.customers.models import Server
from astreinte.monitoring import rules
from astreinte.monitoring.alertmanager import Heard, host
from astreinte.monitoring.models import Alert, AlertSource, Check, Incident, Maintenance
from astreinte.monitoring.states import CheckState, IncidentState, SourceKind

# A source that sends more requests than this in that many seconds is told to wait.
MOST, WITHIN_S = 300, 300
# The one alert that we make about a source itself: it is not heard any more.
SILENCE = "astreinte/silence"
# Who must be heard of regularly, and whose word alone ends what their silence began.
EXPECTED = (SourceKind.HEARTBEAT, SourceKind.SITE)


def with_key(key: str, *, kind: str) -> AlertSource | None:
    """The source of this kind whose key this is. What is compared is a SHA-256: the time it takes says nothing of the key."""
    known = {"key_sha256": digests.sha256(key), "kind": kind, "is_active": True}
    return next(iter(rows.select(AlertSource, known, limit=1)), None)


def overview() -> QuerySet[AlertSource]:
    """The sources by name, each with how many of its alerts are firing; the vantage points are in `vantage.overview`."""
    active = AlertSource.objects.filter(is_active=True).exclude(kind=SourceKind.SITE).select_related("server")
    return active.annotate(firing=Count("alerts", filter=Q(alerts__firing=True))).order_by("name")


def never_matched() -> list[Mapping[str, Any]]:
    """The rules (names of alerts) of each source that were seen and never were about a server of ours, with how often and when last."""
    told = Alert.objects.filter(source__is_active=True).exclude(source__kind=SourceKind.HEARTBEAT)
    rules_ = told.exclude(fingerprint=SILENCE).values("source__name", "name").order_by("source__name", "name")
    counted = rules_.annotate(count=Count("pk"), last_at=Max("last_at"), ours=Count("server")).filter(ours=0)
    return [dict(one) for one in counted]


# -- where ---------------------------------------------------------------------------------------------------------------


@remembered
def _servers() -> dict[str, Server]:
    """The servers by name and by address; an address that two of them have is nobody's."""
    found: dict[str, Server] = {}
    shared: set[str] = set()
    active = list(Server.objects.filter(is_active=True).select_related("customer", "plan").order_by("name"))
    for server in active:
        for address in {host(str(one)) for one in server.addresses}:
            shared |= {address} & found.keys()
            found[address] = server
    return {place: one for place, one in found.items() if place and place not in shared} | {
        host(one.name): one for one in active
    }


def server_of(heard: Heard) -> Server | None:
    """The server that an alert names, by its name or one of its addresses."""
    known = _servers()
    return next((known[place] for place in heard.places if place in known), None)


def checks_of(heard: Iterable[Heard]) -> dict[str, Check]:
    """The checks of ours that these alerts name, by their public id, while they are watched."""
    named = {one.check: key for one in heard if (key := _uuid(one.check))}
    if not named:
        return {}
    known = Check.objects.filter(public_id__in=named.values(), due_at__isnull=False)
    found = {one.public_id: one for one in known.select_related("server__customer", "server__plan")}
    return {said: found[key] for said, key in named.items() if key in found}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


# -- alerts --------------------------------------------------------------------------------------------------------------


def firing(source: AlertSource, fingerprints: Collection[str]) -> dict[str, Alert]:
    """Of these alerts those that the source has already said, and not taken back."""
    asked = rows.select(Alert, {"source": source, "fingerprint__in": sorted(fingerprints), "firing": True})
    return {alert.fingerprint: alert for alert in asked}


def last_incidents(source: AlertSource, fingerprints: Collection[str]) -> dict[str, Incident]:
    """The incident that each of these alerts last was about, whatever became of it."""
    said = {"source": source, "fingerprint__in": sorted(fingerprints)}
    asked = rows.select(Alert, said, order=("id",), only=("id", "fingerprint", "incident"))
    last = {alert.fingerprint: alert.incident_id for alert in asked if alert.incident_id}
    known = _incidents(last.values())
    return {fingerprint: known[pk] for fingerprint, pk in last.items()}


def _incidents(keys: Iterable[int]) -> dict[int, Incident]:
    return {one.pk: one for one in rows.select(Incident, {"pk__in": sorted(set(keys))})}


def begun(
    source: AlertSource, *, servers: Collection[int], names: Collection[str], at: datetime
) -> dict[tuple[int, str], Incident]:
    """The open incidents that alerts of these names on these servers have just begun; without a server (0), those of this source."""
    recent = {"incident__state": IncidentState.OPEN, "incident__started_at__gt": at - rules.ONE_TROUBLE}
    theirs = Q(server__in=servers) | Q(server=None, source=source)
    told = Alert.objects.filter(theirs, name__in=names, **recent).order_by("-incident__started_at")
    found = {(server or 0, name): pk for server, name, pk in told.values_list("server", "name", "incident").distinct()}
    incidents = _incidents(found.values())
    return {key: incidents[pk] for key, pk in found.items()}


def hold(incidents: Iterable[int]) -> None:
    """Nobody else says that these are over before this transaction ends: of two that look at once, the second sees what the first wrote."""
    known = Incident.objects.select_for_update(no_key=True).filter(pk__in=set(incidents))
    list(known.order_by("pk").values_list("pk"))


def is_held(incident: Incident) -> bool:
    """Whether an alert says that it is still in progress."""
    return incident.alerts.filter(firing=True, source__is_active=True).exists()


def over(incidents: Iterable[int]) -> list[Incident]:
    """Of these incidents those in progress that no alert, and no check of ours, holds open any more."""
    held = Alert.objects.filter(incident=OuterRef("pk"), firing=True, source__is_active=True)
    ours = Q(of_check__state=CheckState.DOWN, of_check__due_at__isnull=False)
    known = Incident.objects.select_related("page", "parent__page", "of_check")
    return list(
        known.exclude(ours).filter(~Exists(held), pk__in=set(incidents), state=IncidentState.OPEN).order_by("pk")
    )


def own_words_of_the_gone(fingerprints: Collection[str]) -> list[Alert]:
    """What we said ourselves of sources that have left, and that nobody will take back; oldest first."""
    left = Alert.objects.filter(firing=True, source__is_active=False, fingerprint__in=list(fingerprints))
    return list(left.select_related("source", "incident").order_by("pk"))


def unexplained(*, at: datetime) -> list[int]:
    """Alerts that fire without an incident, and that no maintenance explains (any more)."""
    windows = Maintenance.objects.filter(servers=OuterRef("server"), start__lte=at, end__gt=at)
    quiet = Alert.objects.filter(firing=True, incident=None).exclude(Exists(windows))
    return list(quiet.order_by("pk").values_list("pk", flat=True))


def held_if_unexplained(pk: int) -> Alert | None:
    """This alert, if it still fires without an incident; nobody else gives it one before this transaction ends."""
    whole = Alert.objects.select_related("source", "server__customer", "server__plan")
    return whole.select_for_update(of=("self",)).filter(pk=pk, firing=True, incident=None).first()


def of_incident(incident: Incident) -> QuerySet[Alert]:
    """The alerts of an incident: those that still fire first, then the newest."""
    return incident.alerts.select_related("source", "server__customer", "server__plan").order_by("-firing", "-pk")


# -- heartbeats ----------------------------------------------------------------------------------------------------------


def late(*, at: datetime) -> list[int]:
    """The heartbeats and sources that should have been heard by now, and of which nothing is said yet."""
    said = Alert.objects.filter(source=OuterRef("pk"), firing=True)
    of_it = Exists(said.filter(fingerprint=SILENCE)) | Q(Exists(said), kind__in=EXPECTED)
    silent = AlertSource.objects.filter(is_active=True, due_at__lte=at)
    return list(silent.exclude(of_it).order_by("due_at").values_list("pk", flat=True))


def is_expecting() -> bool:
    """Whether anything is looked at, or is to be heard of: then there is work for a prober."""
    expected = AlertSource.objects.filter(is_active=True, due_at__isnull=False)
    return Check.objects.filter(due_at__isnull=False).exists() or expected.exists()


def backups_of(server: Server, *, since: datetime) -> QuerySet[AlertSource]:
    """The heartbeats of this server whose listing, heard since then, named a whole copy; the oldest newest copy first."""
    listed = AlertSource.objects.filter(server=server, is_active=True, younger_than_s__isnull=False)
    return listed.filter(heard_at__gte=since, newest_at__isnull=False).order_by("newest_at")


def held_if_late(pk: int, *, at: datetime) -> AlertSource | None:
    """This source, if it is still late, and nobody hears it before this transaction ends."""
    return AlertSource.objects.select_for_update().filter(pk=pk, is_active=True, due_at__lte=at).first()


def is_held_by_silence(incident: Incident) -> bool:
    """Whether a heartbeat, a site or a source is not heard, or sees nothing: it is over once it is."""
    silent = Q(source__kind__in=EXPECTED) | Q(fingerprint=SILENCE)
    return incident.alerts.filter(silent, firing=True, source__is_active=True).exists()
