"""Incidents in progress, maintenance, and other customers who complain of the same."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from astreinte.monitoring import queries as monitoring
from astreinte.monitoring.models import Incident
from astreinte.tickets import linked
from astreinte.tickets.facts.base import Complaint, fact

TOGETHER = timedelta(minutes=15)
# What an incident is about when no check of ours found it: the backups, and not whatever else is complained of.
SUBJECTS = {"backup-unreachable": "backup"}
# What an incident of several customers has in common, by the clause an engineer confirmed it under.
FACTORS = {"host-down": "host", "network-ours": "network", "service-down": "platform"}


def facts(complaint: Complaint) -> Iterator[dict[str, Any]]:
    """From our own history."""
    yield from _incidents(complaint)
    yield _maintenance(complaint)
    yield from _others(complaint)


def _incidents(complaint: Complaint) -> Iterator[dict[str, Any]]:
    found = list(monitoring.open_on(complaint.server).select_related("of_check"))
    if not found:
        yield fact("incident.open", "none", source="history", at=complaint.at)
    for incident in found:
        told = partial(fact, source="history", at=complaint.at, subject=_subject(incident))
        yield told("incident.open", "confirmed", detail=incident.title)
        # what the guarantee covers was found by our own monitoring, or confirmed by a person: it is ours until shown otherwise
        yield told("incident.owner", "provider" if incident.clause else "unknown")


def _subject(incident: Incident) -> str:
    return incident.of_check.kind if incident.of_check else SUBJECTS.get(incident.clause, "")


def _maintenance(complaint: Complaint) -> dict[str, Any]:
    windows = list(monitoring.maintenance_on(complaint.server, at=complaint.at))
    now = next((one for one in windows if one.start <= complaint.at), None)
    value = "active" if now else "planned" if windows else "none"
    detail = (now or windows[0]).title if windows else ""
    return fact("maintenance.window", value, source="history", at=complaint.at, detail=detail)


def _others(complaint: Complaint) -> Iterator[dict[str, Any]]:
    told = linked.same_complaint(complaint.symptom, since=complaint.at - TOGETHER)
    others = {ticket.customer_id: ticket for ticket in told if ticket.customer_id != complaint.server.customer_id}
    yield fact("incident.other_customers", len(others), source="history", at=complaint.at)
    behind = {ticket.incident for ticket in others.values() if ticket.incident and ticket.incident.state == "open"}
    factors = {FACTORS[one.clause] for one in behind if one.clause in FACTORS}
    if len(factors) == 1:
        yield fact("incident.common_factor", factors.pop(), source="history", at=complaint.at)
