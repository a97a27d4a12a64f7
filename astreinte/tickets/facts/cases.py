"""What the desk itself knows: what is asked, what the plan includes, what was decided the last time."""

from collections.abc import Iterator
from typing import Any

from astreinte.tickets.facts.base import Complaint, fact
from astreinte.tickets.models import Mode, Symptom, Ticket
from astreinte.tickets.states import TicketState

INTENTS = {Symptom.HOW_TO: "how-to"}


def facts(complaint: Complaint) -> Iterator[dict[str, Any]]:
    """From the picker, the subscription and our own tickets."""
    at = complaint.at
    yield fact("request.intent", INTENTS.get(Symptom(complaint.symptom), "fault"), source="customer", at=at)
    yield fact("entitlement.urgent", complaint.server.plan.urgent, source="history", at=at)
    yield fact("history.previous_verdict", _previous(complaint), source="history", at=at)


def _previous(complaint: Complaint) -> str:
    over = Ticket.objects.filter(
        server=complaint.server, symptom=complaint.symptom, state=TicketState.CLOSED, verdict__isnull=False
    )
    last = over.filter(mode=Mode.URGENT).select_related("verdict").order_by("-pk").first()
    coverage = last.verdict.coverage if last else "none"
    return coverage if coverage in {"covered", "excluded"} else "none"
