"""What is known of a complaint about a server, as typed facts (facts.md). One source of facts, one file."""

from datetime import datetime
from typing import Any

from astreinte.customers.models import Server
from astreinte.tickets.facts import backups, cases, checks, incidents, names, panel, prometheus
from astreinte.tickets.facts.base import Complaint

SOURCES = (cases.facts, incidents.facts, panel.facts, prometheus.facts, checks.facts, backups.facts, names.facts)


def about(server: Server, *, symptom: str, at: datetime) -> list[dict[str, Any]]:
    """Everything that is known now of this complaint, in an order that stays."""
    complaint = Complaint(server=server, symptom=symptom, at=at)
    return [fact for source in SOURCES for fact in source(complaint)]
