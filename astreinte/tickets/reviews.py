"""Verdicts, and the incidents of their time that were not known when they were given. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from astreinte.guarantee.models import DeskPolicy
from astreinte.monitoring.models import Incident
from astreinte.monitoring.states import IncidentState
from astreinte.tickets import proposals
from astreinte.tickets.models import ProposedVerdict, Review, Ticket, Verdict
from astreinte.tickets.states import ReviewState, VerdictState

# Monitoring may have seen it this much later than the customer.
SEEN_LATER = timedelta(minutes=15)
_KNOWN = (IncidentState.OPEN, IncidentState.RESOLVED)


def incidents_of(ticket: Ticket) -> list[Incident]:
    """The incidents on the server of this ticket while it was in trouble, that its policy covers; oldest first."""
    if ticket.policy is None or ticket.resolved_at is None:
        return []
    known = Incident.objects.filter(servers=ticket.server_id, state__in=_KNOWN, clause__in=ticket.policy.covered)
    began = known.filter(opened_at__lte=ticket.resolved_at + SEEN_LATER)
    lasted = Q(resolved_at=None) | Q(resolved_at__gte=ticket.urgent_at or ticket.opened_at)
    return list(began.filter(lasted).order_by("opened_at", "pk"))


def to_flag(*, limit: int = 50) -> list[Verdict]:
    """The standing verdicts that bill and that an incident covers which was not weighed, nor ever led to a review."""
    standing = Verdict.objects.filter(state=VerdictState.GIVEN, charge__isnull=False)
    calm = standing.exclude(Exists(Review.objects.filter(verdict=OuterRef("pk"), state=ReviewState.OPEN)))
    found = calm.filter(_covered_now()).select_related("ticket__server", "ticket__policy", "charge__invoice")
    return list(found.order_by("pk")[:limit])


def _covered_now() -> Q:
    """Under the policy of each ticket."""
    known = Incident.objects.filter(servers=OuterRef("ticket__server"), state__in=_KNOWN)
    known = known.filter(opened_at__lte=OuterRef("ticket__resolved_at") + SEEN_LATER)
    known = known.filter(Q(resolved_at=None) | Q(resolved_at__gte=OuterRef("ticket__urgent_at")))
    new = known.exclude(_about_this(Verdict.weighed.through.objects.all())).exclude(_about_this(Review.objects.all()))
    found = Q(pk__in=[])
    for policy in DeskPolicy.objects.all():
        found |= Q(Exists(new.filter(clause__in=policy.covered)), ticket__policy=policy)
    return found


def _about_this(rows: QuerySet[Any]) -> Exists:
    return Exists(rows.filter(verdict=OuterRef(OuterRef("pk")), incident=OuterRef("pk")))


def not_weighed(verdict: Verdict) -> Incident | None:
    """The incident of its time that nobody had before their eyes when it was given, nor has looked at since; the oldest."""
    known = {*verdict.weighed.values_list("pk", flat=True), *verdict.reviews.values_list("incident", flat=True)}
    return next((one for one in incidents_of(verdict.ticket) if one.pk not in known), None)


def open_of(verdict: Verdict | None) -> Review | None:
    """The review of this verdict that waits for an answer."""
    waiting = Review.objects.filter(verdict=verdict, state=ReviewState.OPEN) if verdict else Review.objects.none()
    return waiting.select_related("incident", "verdict__ticket", "verdict__charge__invoice").first()


def last_of(verdict: Verdict | None) -> Review | None:
    """The newest review of this verdict."""
    found = Review.objects.filter(verdict=verdict) if verdict else Review.objects.none()
    return found.select_related("incident", "decided_by").order_by("-pk").first()


def decided_of(verdict: Verdict | None) -> list[Review]:
    """The reviews of this verdict that were answered, oldest first."""
    found = Review.objects.filter(verdict=verdict, decided_at__isnull=False) if verdict else Review.objects.none()
    return list(found.select_related("incident", "decided_by").order_by("pk"))


def waiting() -> QuerySet[Review]:
    """All that wait for an answer, oldest first."""
    related = ("incident", "verdict__ticket__customer", "verdict__ticket__server", "verdict__charge__invoice")
    return Review.objects.filter(state=ReviewState.OPEN).select_related(*related).order_by("opened_at")


# -- what waits, as one list -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A case whose verdict waits for somebody: for a second person (`proposed`), or because of an incident (`flagged`)."""

    ticket: Ticket
    proposed: ProposedVerdict | None
    flagged: Review | None

    @property
    def since(self) -> datetime | None:
        """Since when it waits."""
        if self.proposed:
            return self.proposed.proposed_at
        return self.flagged.opened_at if self.flagged else None


def cases_waiting(reason: str | None = None) -> QuerySet[Ticket]:
    """The cases whose verdict waits, each once: nothing is flagged before it was given. `reason`: one of the two alone."""
    second = Exists(proposals.waiting().filter(ticket=OuterRef("pk")))
    flagged = Exists(waiting().filter(verdict__ticket=OuterRef("pk")))
    asked = {None: second | flagged, "second-person": Q(second), "incident": Q(flagged)}[reason]
    return Ticket.objects.filter(asked).select_related("customer", "server")


def waiting_of(tickets: Iterable[Ticket]) -> list[Waiting]:
    """What each of these cases waits for; asked at once."""
    tickets = list(tickets)
    second = proposals.waiting().filter(ticket__in=tickets).prefetch_related("evidence")
    proposed = {one.ticket_id: one for one in second}
    flags = waiting().filter(verdict__ticket__in=tickets)
    flagged = {one.verdict.ticket_id: one for one in flags.prefetch_related("verdict__evidence", "verdict__given_by")}
    return [Waiting(ticket=one, proposed=proposed.get(one.pk), flagged=flagged.get(one.pk)) for one in tickets]
