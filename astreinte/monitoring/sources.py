"""Questions about those who speak to us without a login: whose key is this, what have they said, who is late. Reads only."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from astreinte.core import digests
from astreinte.core.configuration import remembered
from astreinte.customers.models import Server
from astreinte.monitoring import rules
from astreinte.monitoring.alertmanager import Heard, host
from astreinte.monitoring.models import Alert, AlertSource, Incident, Maintenance
from astreinte.monitoring.states import IncidentState, SourceKind

# A source that sends more requests than this in that many seconds is told to wait.
MOST, WITHIN_S = 300, 300


def with_key(key: str, *, kind: str) -> AlertSource | None:
    """The source of this kind whose key this is. What is compared is a SHA-256: the time it takes says nothing of the key."""
    known = AlertSource.objects.select_related("server__customer", "server__plan")
    return known.filter(key_sha256=digests.sha256(key), kind=kind, is_active=True).first()


def overview() -> QuerySet[AlertSource]:
    """The sources by name, each with how many of its alerts are firing."""
    active = AlertSource.objects.filter(is_active=True).select_related("server")
    return active.annotate(firing=Count("alerts", filter=Q(alerts__firing=True))).order_by("name")


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


# -- alerts --------------------------------------------------------------------------------------------------------------


def firing(source: AlertSource, fingerprints: Collection[str]) -> dict[str, Alert]:
    """Of these alerts those that the source has already said, and not taken back."""
    asked = Alert.objects.filter(source=source, fingerprint__in=list(fingerprints), firing=True)
    return {alert.fingerprint: alert for alert in asked}


def last_incidents(source: AlertSource, fingerprints: Collection[str]) -> dict[str, Incident]:
    """The incident that each of these alerts last was about, whatever became of it."""
    asked = Alert.objects.filter(source=source, fingerprint__in=list(fingerprints), incident__isnull=False)
    return {alert.fingerprint: alert.incident for alert in asked.select_related("incident").order_by("id")}  # type: ignore[misc]


def incident_of(source: AlertSource, *, name: str, server: Server | None, at: datetime) -> Incident | None:
    """The open incident that alerts of this name on this server have just begun; without a server, those of this source."""
    theirs = Q(alerts__server=server) if server else Q(alerts__server=None, alerts__source=source)
    recent = Incident.objects.filter(state=IncidentState.OPEN, started_at__gt=at - rules.ONE_TROUBLE)
    return recent.filter(theirs, alerts__name=name).order_by("started_at").first()


def over(incidents: Iterable[int]) -> list[Incident]:
    """Of these incidents those in progress that no alert holds open any more."""
    held = Alert.objects.filter(incident=OuterRef("pk"), firing=True)
    known = Incident.objects.select_related("page", "parent__page", "of_check")
    return list(
        known.filter(~Exists(held), pk__in=set(incidents), state=IncidentState.OPEN, of_check=None).order_by("pk")
    )


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
    """The heartbeats that should have been heard by now, and of which nothing is said yet."""
    said = Alert.objects.filter(source=OuterRef("pk"), firing=True)
    silent = AlertSource.objects.filter(kind=SourceKind.HEARTBEAT, is_active=True, due_at__lte=at)
    return list(silent.exclude(Exists(said)).order_by("due_at").values_list("pk", flat=True))


def held_if_late(pk: int, *, at: datetime) -> AlertSource | None:
    """This heartbeat, if it is still late, and nobody hears it before this transaction ends."""
    return AlertSource.objects.select_for_update().filter(pk=pk, is_active=True, due_at__lte=at).first()


def is_held_by_silence(incident: Incident) -> bool:
    """Whether a heartbeat says that this still fails: it is over once it is heard."""
    fails = incident.alerts.filter(firing=True, source__kind=SourceKind.HEARTBEAT, source__is_active=True)
    return fails.exists()
