"""What is already known of a server: the first thing a customer sees; and what is to be looked at now."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from astreinte.accounts.models import User
from astreinte.core import rows
from astreinte.core.configuration import remembered
from astreinte.customers import queries as customers
from astreinte.customers.models import ManagedService, Server
from astreinte.monitoring import rules
from astreinte.monitoring.models import Check, Incident, Maintenance, Result
from astreinte.monitoring.states import CheckState, IncidentState, MaintenanceState
from astreinte.paging.models import Page

# A look ends within 10 s of its start and may wait for its host before; claimed longer than this, its prober has died.
CLAIM = timedelta(seconds=40)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _with_calls() -> QuerySet[Incident]:
    """Incidents, each with the page that rings for it and who has that."""
    return Incident.objects.select_related("page__acknowledged_by", "parent__page__acknowledged_by")


def open_on(server: Server) -> QuerySet[Incident]:
    """The incidents in progress that concern this server, oldest first."""
    return _with_calls().filter(state=IncidentState.OPEN, servers=server).order_by("opened_at")


def covering(server: Server, *, covered: Collection[str]) -> Incident | None:
    """The incident in progress on this server that one of these clauses covers; the oldest."""
    known = {"state": IncidentState.OPEN, "clause__in": sorted(covered)}
    # most nights none is, and whoever presses the button does not wait for the question that joins seven tables
    if not rows.exists(Incident, known):
        return None
    return open_on(server).filter(clause__in=known["clause__in"]).first()


def maintenance_on(server: Server, *, at: datetime) -> QuerySet[Maintenance]:
    """The maintenance in progress or to come on this server."""
    return Maintenance.objects.filter(servers=server, end__gt=at).order_by("start")


def count_open() -> int:
    """How many incidents are in progress."""
    return Incident.objects.filter(state=IncidentState.OPEN).count()


def open_among(servers: Iterable[Server]) -> QuerySet[Incident]:
    """The incidents in progress on any of these servers, oldest first, each once, with its servers."""
    found = {incident for _server, incident, _at in _in_progress(servers)}
    if not found:  # nobody waits for the question that joins nine tables
        return Incident.objects.none()
    incidents = _with_calls().filter(pk__in=found, state=IncidentState.OPEN)
    return incidents.select_related("of_check__server").prefetch_related("servers").order_by("opened_at")


def in_trouble_since(servers: Iterable[Server]) -> dict[int, datetime]:
    """When the first incident in progress on each of these servers was opened, by the key of the server; nothing where there is none."""
    found: dict[int, datetime] = {}
    for server, _incident, at in _in_progress(servers):
        found[server] = min(at, found.get(server, at))
    return found


def _in_progress(servers: Iterable[Server]) -> Iterable[tuple[int, int, datetime]]:
    if not rows.exists(Incident, {"state": IncidentState.OPEN}):  # as on most days
        return ()
    concerned = Incident.servers.through.objects.filter(
        server__in=[server.pk for server in servers], incident__state=IncidentState.OPEN
    )
    return concerned.values_list("server", "incident", "incident__opened_at")


def maintenance_among(servers: Iterable[Server], *, at: datetime) -> QuerySet[Maintenance]:
    """The maintenance in progress or to come on any of these servers, each once, with its servers."""
    if not rows.exists(Maintenance, {"state": MaintenanceState.PLANNED, "end__gt": at}):  # as on most days
        return Maintenance.objects.none()
    concerned = Maintenance.servers.through.objects.filter(server__in=[server.pk for server in servers])
    windows = Maintenance.objects.filter(end__gt=at, pk__in=concerned.values("maintenance"))
    return windows.prefetch_related("servers").order_by("start")


def maintenance_seen_by(user: User) -> QuerySet[Maintenance]:
    """Every maintenance of the servers this person sees, cancelled ones included; every one for the staff."""
    windows = Maintenance.everything.prefetch_related("servers")
    if user.handles_cases:
        return windows
    concerned = Maintenance.servers.through.objects.filter(
        server__in=customers.servers_of(user).order_by().values("pk")
    )
    return windows.filter(pk__in=concerned.values("maintenance"))


def maintenance_with(key: UUID) -> Maintenance | None:
    """The maintenance of this key, whatever became of it."""
    return Maintenance.everything.filter(public_id=key).first()


def maintenance_of_the_file() -> list[Maintenance]:
    """What the provider file planned and still names, cancelled by a person or not; with its servers."""
    return list(Maintenance.everything.filter(from_file=True).prefetch_related("servers").order_by("start", "pk"))


def maintenance_to_tell(*, at: datetime, within: timedelta) -> list[Maintenance]:
    """The maintenance that begins within this time, and those concerned were not told so."""
    coming = Maintenance.objects.filter(end__gt=at, start__gt=at, start__lte=at + within, reminded_at=None)
    return list(coming.order_by("start"))


def seen_by(user: User) -> QuerySet[Incident]:
    """The incidents this person may open: those of servers they see; every one for the staff, suspicions too."""
    incidents = _with_calls().select_related("of_check__server__customer").prefetch_related("servers")
    if user.handles_cases:
        return incidents
    concerned = Incident.servers.through.objects.filter(server__in=customers.servers_of(user).values("pk"))
    return incidents.filter(pk__in=concerned.values("incident")).exclude(state=IncidentState.SUSPECTED)


def suspected() -> Incident | None:
    """What several tickets at once let us suspect, and nobody has confirmed or dismissed; there is one at a time."""
    return Incident.objects.filter(state=IncidentState.SUSPECTED).first()


def in_progress(*, limit: int) -> list[Incident]:
    """The incidents in progress by what they hit: the most servers first, then the server with the most of them, then the oldest."""
    whole = _with_calls().prefetch_related("servers__customer")
    found = list(whole.filter(state=IncidentState.OPEN).order_by("opened_at", "pk")[:limit])
    names = {one.pk: [server.name for server in one.servers.all()] for one in found}
    weight = Counter(name for hit in names.values() for name in hit)

    def heaviest(one: Incident) -> tuple[int, int, str]:
        hit = names[one.pk]
        return -len(hit), -max((weight[name] for name in hit), default=0), min(hit, default="")

    return sorted(found, key=heaviest)


def of_pages(pages: Iterable[Page]) -> dict[int, Incident]:
    """The incident of each of these pages, by the key of the page."""
    asked = Incident.objects.filter(page__in=[page.pk for page in pages])
    return {incident.page_id: incident for incident in asked if incident.page_id}


# -- checks --------------------------------------------------------------------------------------------------------------


def watched() -> QuerySet[Check]:
    """Every check that is looked at."""
    return Check.objects.filter(due_at__isnull=False)


def due(*, at: datetime, limit: int) -> list[Check]:
    """The checks to be looked at now, the longest waiting first, with their services and servers.

    In a transaction nobody else takes them before it ends; those that another prober is taking are left out (PostgreSQL).
    """
    found = rows.select(Check, {"due_at__lte": at}, order=("due_at",), limit=limit, free=True)
    for check in found:
        check.server, services = _configured(check.server_id)
        check.service = services.get(check.service_id)
    return found


@remembered
def _configured(server: int) -> tuple[Server, dict[int | None, ManagedService]]:
    """A server, and its services by key."""
    services = ManagedService.objects.filter(server=server)
    return Server.objects.get(pk=server), {service.pk: service for service in services}


def are_abandoned(*, at: datetime) -> bool:
    """Whether something was claimed by a prober that has not said what it saw, and will not any more."""
    return Check.objects.filter(claimed_at__lt=at - CLAIM, due_at__gt=at).exists()


def next_due_at() -> datetime | None:
    """When the next check is to be looked at."""
    coming = rows.select(Check, {"due_at__gt": NEVER}, order=("due_at",), limit=1, only=("id", "due_at"))
    return coming[0].due_at if coming else None


def lag_s(*, at: datetime) -> float:
    """How long the check that is due first has waited to be looked at, in seconds."""
    coming = next_due_at()
    return max(0.0, (at - coming).total_seconds()) if coming else 0.0


def kinds() -> set[str]:
    """The kinds of checks that are looked at."""
    return set(watched().values_list("kind", flat=True).distinct())


def whole() -> QuerySet[Check]:
    """All that is watched, with the parameters of each check: for a program of the installation itself, never for a screen."""
    return watched().select_related("service", "server").order_by("server__name", "service__position", "pk")


def checks_seen_by(user: User) -> QuerySet[Check]:
    """What is watched on the servers this person sees."""
    found = watched().select_related("server__customer")
    return found.filter(server__in=customers.servers_of(user).order_by().values("pk"))


def checks_of(servers: Iterable[Server]) -> QuerySet[Check]:
    """What is watched on these servers, by name."""
    found = watched().filter(server__in=[server.pk for server in servers])
    return found.select_related("server").order_by("server__name", "kind", "where")


def watched_among(keys: Iterable[int]) -> dict[int, Check]:
    """Of these checks those that are still watched, by key, as they are now."""
    found = rows.select(Check, {"pk__in": sorted(set(keys))})
    return {check.pk: check for check in found if check.is_watched}


def last_looks(checks: Iterable[Check], *, since: datetime) -> dict[int, Result]:
    """What the last look at each of these checks saw, by the key of the check; nothing for those not looked at since then."""
    seen = Result.objects.filter(of_check__in=[check.pk for check in checks], at__gte=since).order_by("at")
    return {one.of_check_id: one for one in seen}


def check_now(pk: int) -> Check | None:
    """A check as it is now, with its server, its customer and its plan."""
    return Check.objects.select_related("server__customer", "server__plan").filter(pk=pk).first()


def open_of(check: Check) -> Incident | None:
    """The incident in progress about this check."""
    known = Incident.objects.select_related("page", "parent__page", "of_check")
    return known.filter(of_check=check, state=IncidentState.OPEN).first()


def last_of(check: Check) -> Incident | None:
    """The newest incident about this check, whatever became of it."""
    return Incident.objects.filter(of_check=check).order_by("-id").first()


def trouble_around(server: Server | None, *, at: datetime) -> Incident | None:
    """The trouble in progress that a new failure (on this server) is a part of; None when it is a trouble of its own.

    A host that is down has all its services down; a switch, all its hosts: one call says it.
    """
    open_now = Incident.objects.select_related("page").filter(state=IncidentState.OPEN, parent=None, page__isnull=False)
    if server:
        here = open_now.filter(servers=server, started_at__gt=at - rules.ONE_TROUBLE).order_by("started_at").first()
        if here:
            return here
    storm = list(open_now.filter(started_at__gt=at - rules.STORM_WITHIN).order_by("started_at")[: rules.STORM])
    return storm[0] if len(storm) == rules.STORM else None


def is_maintained(server: Server, *, at: datetime) -> bool:
    """Whether a maintenance of this server is in progress."""
    return Maintenance.objects.filter(servers=server, start__lte=at, end__gt=at).exists()


def maintained(servers: Collection[int], *, at: datetime) -> set[int]:
    """Of these servers those whose maintenance is in progress."""
    windows = Maintenance.servers.through.objects.filter(maintenance__start__lte=at, maintenance__end__gt=at)
    return set(windows.filter(server__in=servers).values_list("server", flat=True))


def newest_of(checks: Collection[Check]) -> dict[int, Incident]:
    """The newest incident of each of these checks, by its key: the open one, when there is one."""
    known = Incident.objects.select_related("page").filter(of_check__in=[check.pk for check in checks])
    return {one.of_check_id: one for one in known.order_by("pk") if one.of_check_id}


def left_down(*, at: datetime) -> list[int]:
    """Checks that are down without an incident in progress, and that no maintenance explains (any more)."""
    theirs = Incident.objects.filter(of_check=OuterRef("pk"), state=IncidentState.OPEN)
    windows = Maintenance.objects.filter(servers=OuterRef("server"), start__lte=at, end__gt=at)
    down = watched().filter(state=CheckState.DOWN)
    return list(down.exclude(Exists(theirs)).exclude(Exists(windows)).order_by("since").values_list("pk", flat=True))


def unheard(*, at: datetime) -> list[Incident]:
    """Incidents that nobody was called for, and must be now.

    Those that came and went too often to ring again, and have stayed since; the parts of a trouble that is over but for them.
    """
    stays = Q(parent=None, times__gt=rules.RINGS, started_at__lte=at - rules.STAYS)
    left = Q(parent__state=IncidentState.RESOLVED)
    quiet = Incident.objects.filter(stays | left, state=IncidentState.OPEN).select_related("page", "of_check")
    return [one for one in quiet if one.page is None or one.page.state == "closed"]


def about_page(page: Page) -> Incident | None:
    """The incident that this page rings for."""
    return Incident.objects.select_related("of_check__server").filter(page=page).first()
