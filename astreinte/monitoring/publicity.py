"""What the world is told, gathered: the components of the provider file (or those made by themselves), troubles, maintenance."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Count, Q
from django.utils import translation
from django.utils.translation import gettext_noop

from astreinte.core import rows, timeline
from astreinte.core.models import TimelineEntry
from astreinte.customers.models import Server
from astreinte.monitoring.models import Check, Incident, Maintenance, PublicMessage
from astreinte.monitoring.rules.intervals import Interval
from astreinte.monitoring.rules.publicity import (
    KEPT,
    Board,
    Component,
    Hit,
    Told,
    Trouble,
    Update,
    Window,
    planned,
    told,
)
from astreinte.monitoring.states import IncidentState, MaintenanceState, Stage

# Without a section in the provider file: one component for each kind of service that is watched. No word of these is a customer's.
FAMILIES = {
    "web": (gettext_noop("Web sites"), ("http", "tls")),
    "mail": (gettext_noop("Mail"), ("imap", "pop3", "smtp")),
    "databases": (gettext_noop("Databases"), ("postgresql", "mysql")),
    "names": (gettext_noop("Domain names"), ("dns",)),
    "access": (gettext_noop("File transfer and remote access"), ("ftp", "ssh")),
}
SAID_OF_WINDOWS = ("maintenance:planned", "maintenance:changed", "maintenance:cancelled")
HOSTS = "hosts", gettext_noop("Servers and network")
T = TypeVar("T")
KNOWN = frozenset(kind for _name, kinds in FAMILIES.values() for kind in kinds)


def in_each(say: Callable[[], T]) -> tuple[tuple[str, T], ...]:
    """What is said in each language of the product."""
    found: list[tuple[str, T]] = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append((language, say()))
    return tuple(found)


def components(written: Mapping[str, Any]) -> tuple[Component, ...]:
    """The components of the page, in order."""
    return _components(written.get("components") or [])


def board(*, written: Mapping[str, Any], at: datetime) -> Board:
    """All that is public at an instant. `written`: the section `status` of the provider file, as it is kept."""
    known = components(written)
    troubles = (told(trouble, known) for trouble in _troubles(known, since=at - KEPT))
    windows = (planned(window, known) for window in _windows(since=at))
    return Board(
        components=known,
        troubles=tuple(sorted((one for one in troubles if one), key=_newest)),
        windows=tuple(one for one in windows if one),
        since=TimelineEntry.objects.order_by("id").values_list("at", flat=True).first(),
    )


def _newest(one: Told) -> tuple[float, int]:
    return -one.trouble.began_at.timestamp(), -one.trouble.key


# -- components ----------------------------------------------------------------------------------------------------------


def _components(written: Iterable[Mapping[str, Any]]) -> tuple[Component, ...]:
    servers = list(
        Server.objects.filter(is_active=True, customer__is_active=True)
        .order_by("pk")
        .values_list("pk", "name", "plan__name")
    )
    if written:
        return tuple(_written(one, servers) for one in written)
    return tuple(_by_themselves({pk for pk, _name, _plan in servers}))


def _written(said: Mapping[str, Any], servers: Iterable[tuple[int, str, str]]) -> Component:
    behind = {pk for pk, name, plan in servers if name in said["servers"] or plan in said["plans"]}
    return Component(
        key=said["key"],
        names=tuple(sorted(said["name"].items())),
        descriptions=tuple(sorted(said["description"].items())),
        servers=frozenset(behind),
        kinds=frozenset(said["services"]) if said["services"] else None,
        shared=said["shared"],
    )


def _by_themselves(servers: set[int]) -> Iterator[Component]:
    if not servers:
        return
    watched: dict[str, set[int]] = defaultdict(set)
    for kind, server in Check.objects.filter(due_at__isnull=False, server__in=servers).values_list("kind", "server"):
        watched[kind].add(server)
    for key, (name, kinds) in FAMILIES.items():
        behind = set().union(*(watched[kind] for kind in kinds))
        if behind:
            yield _family(key, name, servers=behind, kinds=frozenset(kinds))
    others = frozenset({"", *(kind for kind in watched if kind not in KNOWN)})
    yield _family(*HOSTS, servers=servers, kinds=others)


def _family(key: str, name: str, *, servers: set[int], kinds: frozenset[str]) -> Component:
    names = in_each(lambda: translation.gettext(name))
    return Component(key=key, names=names, servers=frozenset(servers), kinds=kinds)


# -- troubles ------------------------------------------------------------------------------------------------------------


def _troubles(components: Iterable[Component], *, since: datetime) -> Iterator[Trouble]:
    roots = list(_that_may_be_public(components, since=since))
    parts: dict[int, list[Incident]] = {root.pk: [root] for root in roots}
    for part in Incident.objects.select_related("of_check").filter(parent__in=list(parts)).order_by("pk"):
        parts[part.parent_id or 0].append(part)
    keys = [one.pk for some in parts.values() for one in some]
    hits, messages = _hits(parts.values()), _messages(keys)
    for root in roots:
        some = parts[root.pk]
        said = sorted((one for part in some for one in messages[part.pk]), key=lambda one: (one.said_at, one.pk))
        yield _trouble(root, some, said=said, hits=frozenset().union(*(hits[part.pk] for part in some)))


def _that_may_be_public(components: Iterable[Component], *, since: datetime) -> Iterable[Incident]:
    """Those a rule may publish; the incident of one customer's server, of which nobody wrote, is not even read."""
    shared = {pk for one in components if one.shared for pk in one.servers}
    links = Incident.servers.through.objects
    written = PublicMessage.objects.filter(author__isnull=False).values("incident")
    recent = Incident.objects.filter(Q(opened_at__gte=since) | Q(state=IncidentState.OPEN), parent=None)
    several = recent.annotate(width=Count("servers")).filter(width__gt=1).values("pk")
    may = Q(pk__in=written) | Q(pk__in=several) | Q(parts__isnull=False)
    may |= Q(pk__in=links.filter(server__in=shared).values("incident"))
    may |= Q(parts__pk__in=written)
    return recent.filter(may).distinct().select_related("of_check").order_by("pk")


def _hits(troubles: Iterable[Iterable[Incident]]) -> dict[int, set[Hit]]:
    kinds = {one.pk: one.of_check.kind if one.of_check else "" for some in troubles for one in some}
    links = Incident.servers.through.objects.filter(incident__in=list(kinds))
    found: dict[int, set[Hit]] = defaultdict(set)
    for incident, server, customer in links.values_list("incident", "server", "server__customer"):
        found[incident].add(Hit(server=server, customer=customer, kind=kinds[incident]))
    return found


def _messages(incidents: Iterable[int]) -> dict[int, list[PublicMessage]]:
    found: dict[int, list[PublicMessage]] = defaultdict(list)
    for one in PublicMessage.objects.filter(incident__in=list(incidents)).order_by("said_at", "pk"):
        found[one.incident_id].append(one)
    return found


def _trouble(root: Incident, parts: list[Incident], *, said: list[PublicMessage], hits: frozenset[Hit]) -> Trouble:
    over_at = _over_at(parts, said)
    return Trouble(
        key=root.pk,
        public_id=str(root.public_id),
        began_at=min(part.opened_at for part in parts),
        over_at=over_at,
        hits=tuple(sorted(hits)),
        updates=tuple(_updates(root, said, over_at=over_at)),
        by_person=any(one.author_id for one in said),
    )


def _over_at(parts: list[Incident], said: list[PublicMessage]) -> datetime | None:
    """When all of it was over, or a person said so after it last began."""
    ends = [part.resolved_at for part in parts if part.state == IncidentState.RESOLVED]
    known = [end for end in ends if end]
    if len(known) == len(parts):
        return max(known)
    began = max(part.started_at or part.opened_at for part in parts)
    last = said[-1] if said else None
    return last.said_at if last and last.stage == Stage.RESOLVED and last.said_at >= began else None


def _updates(root: Incident, said: list[PublicMessage], *, over_at: datetime | None) -> Iterator[Update]:
    """What was said, between a first and a last word of our own where nobody wrote one."""
    if not said or said[0].said_at > root.opened_at:
        yield Update(key=f"incident/{root.pk}", stage=Stage.INVESTIGATING, at=root.opened_at)
    for one in said:
        # what was said by itself may name a server: the world gets the words of its stage
        texts = tuple(sorted(one.texts.items())) if one.author_id else ()
        yield Update(key=f"message/{one.pk}", stage=one.stage, at=one.said_at, texts=texts, next_at=one.next_update_at)
    if over_at and not (said and said[-1].stage == Stage.RESOLVED):
        yield Update(key=f"incident/{root.pk}/{over_at:%Y%m%dT%H%M%S}", stage=Stage.RESOLVED, at=over_at)


# -- maintenance ---------------------------------------------------------------------------------------------------------


def _windows(*, since: datetime) -> Iterator[Window]:
    """What was cancelled stays as long as it would have lasted: who planned their evening around it reads that it is off."""
    windows = list(Maintenance.everything.filter(end__gt=since).order_by("start", "pk"))
    links = Maintenance.servers.through.objects.filter(maintenance__in=windows)
    hits: dict[int, set[Hit]] = defaultdict(set)
    for key, server, customer in links.values_list("maintenance", "server", "server__customer"):
        hits[key].add(Hit(server=server, customer=customer))
    lines = _lines_of(windows)
    for one in windows:
        yield Window(
            key=one.pk,
            public_id=str(one.public_id),
            start=one.start,
            end=one.end,
            hits=tuple(sorted(hits[one.pk])),
            planned_at=one.planned_at,
            changed_at=lines[one.story][-1].at if lines[one.story] else one.planned_at,
            cancelled=one.state == MaintenanceState.CANCELLED,
            was=_before(one, lines[one.story], since=since),
        )


def _lines_of(windows: Iterable[Maintenance]) -> dict[str, list[TimelineEntry]]:
    found: dict[str, list[TimelineEntry]] = defaultdict(list)
    for line in timeline.of(*(one.story for one in windows)).filter(kind__in=SAID_OF_WINDOWS):
        found[line.story].append(line)
    return found


def _before(one: Maintenance, lines: Iterable[TimelineEntry], *, since: datetime) -> Interval | None:
    """The hours it had before it was moved, while somebody may still wait for them."""
    hours = [_hours(line.data) for line in lines if "start" in line.data]
    others = [was for was in hours if was != Interval(start=one.start, end=one.end)]
    return others[-1] if others and others[-1].end > since else None


def _hours(said: Mapping[str, Any]) -> Interval:
    return Interval(start=datetime.fromisoformat(said["start"]), end=datetime.fromisoformat(said["end"]))


def newest_word() -> int:
    """The number of the last public message; 0 when there is none."""
    return rows.newest(PublicMessage)
