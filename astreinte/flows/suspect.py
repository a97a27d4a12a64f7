"""Several customers tell us of trouble within minutes: perhaps it is one, and ours. A person confirms it, or says no."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import User
from astreinte.core.moves import CannotMove
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing, yields_to_twin
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring import queries as watched
from astreinte.monitoring.models import Incident
from astreinte.monitoring.words import suspected_words
from astreinte.tickets import actions as tickets
from astreinte.tickets import linked
from astreinte.tickets.models import Ticket

# Tickets of different customers this close together may be about one thing.
WITHIN = timedelta(minutes=15)
AFTER = 3
# What an incident of several customers can be; the rest of the clauses is about one server.
CLAUSES = ("network-ours", "host-down", "service-down", "change-not-applied", "backup-unreachable")


class NotSuspected(Refusal):
    """This incident is not a suspicion any more: somebody has confirmed or dismissed it."""

    slug = "not-suspected"


class NotOneOfOurs(Refusal):
    """Choose the clause of our guarantee that this trouble falls under: %(clauses)s."""

    slug = "unknown-clause"
    status = 422


def look(*, at: datetime) -> int:
    """Tell from the tickets of the last minutes whether something of ours may be down. Answers how many tickets were linked."""
    told = list(linked.complaints(since=at - WITHIN))
    if not told or not (watched.suspected() or _are_many(told)):
        return 0
    return _looked(at=at)


def _are_many(told: Sequence[Ticket]) -> bool:
    after = _after()
    return 0 < after <= len({ticket.customer_id for ticket in told})


def _after() -> int:
    provider = accounts.provider()
    section = provider.settings.get("monitoring", {}) if provider else {}
    return int(section.get("suspect_after", AFTER))


@yields_to_twin
@all_or_nothing
def _looked(*, at: datetime) -> int:
    told = list(linked.complaints(since=at - WITHIN))
    incident = watched.suspected()
    if incident is None and not _are_many(told):
        return 0
    incident = incident or monitoring.suspect(title=_title(told), since=told[0].opened_at, at=at)
    for ticket in told:
        tickets.link(ticket, incident, at=at)
        monitoring.concern(incident, ticket.server)
    return len(told)


def _title(told: Sequence[Ticket]) -> str:
    """In the provider's own language: it is read by the staff."""
    provider = accounts.provider()
    said = suspected_words(len({ticket.customer_id for ticket in told}))
    language = next(iter(provider.languages if provider else []), "")
    return said.get(language) or next(iter(said.values()))


@all_or_nothing
def confirm(incident: Incident, *, clause: str, by: User, at: datetime) -> Incident:
    """An engineer says that it is one trouble, and ours: its tickets are not billed. Raises NotSuspected, NotOneOfOurs."""
    if clause not in CLAUSES:
        raise NotOneOfOurs(field="clause", clauses=", ".join(CLAUSES))
    if incident.state != "suspected":
        raise NotSuspected
    try:
        return monitoring.confirm(incident, clause=clause, by=by.actor, at=at)
    except CannotMove as late:
        raise NotSuspected from late
