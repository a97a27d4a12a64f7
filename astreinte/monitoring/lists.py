"""Checks as lists show them: how many are in each state, the worst first. Reads only."""

from collections import defaultdict

from django.db.models import Case, Count, QuerySet, Value, When

from astreinte.customers.models import Server
from astreinte.monitoring import queries
from astreinte.monitoring.models import Check
from astreinte.monitoring.states import CheckState


def tally(checks: QuerySet[Check]) -> dict[str, int]:
    """How many of these checks are in each state; a state that none has is 0."""
    counted = dict(checks.order_by().values_list("state").annotate(count=Count("pk")))
    return {str(state): counted.get(state, 0) for state in CheckState}


def by_server(checks: QuerySet[Check]) -> dict[int, dict[str, int]]:
    """How many of these checks are in each state, by the key of their server; nothing for a server that has none."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for server, state, count in checks.order_by().values_list("server_id", "state").annotate(count=Count("pk")):
        found[server][state] = count
    return dict(found)


def worst_first(checks: QuerySet[Check]) -> QuerySet[Check]:
    """These checks, server by server: the servers where something is down first, then those with something unknown."""
    # asked once for all: a look beside each check is the square of a server's checks
    watched = queries.watched()
    worst = Case(
        When(server__in=watched.filter(state=CheckState.DOWN).values("server"), then=Value(0)),
        When(server__in=watched.filter(state=CheckState.UNKNOWN).values("server"), then=Value(1)),
        default=Value(2),
    )
    return checks.annotate(worst=worst, own=_own()).order_by("worst", "server__name", "own", "kind", "where", "pk")


def broken_first(server: Server) -> QuerySet[Check]:
    """What is watched on one server: what is down first, then what is unknown."""
    return queries.checks_of([server]).annotate(own=_own()).order_by("own", "kind", "where", "pk")


def _own() -> Case:
    return Case(
        When(state=CheckState.DOWN, then=Value(0)), When(state=CheckState.UNKNOWN, then=Value(1)), default=Value(2)
    )


def watched_tally() -> dict[str, int]:
    """How many of all the watched checks are in each state."""
    return tally(queries.watched())
