"""The verbs of a diagnosis: begin, end with what was found, belong to a case."""

from datetime import datetime
from typing import Any

from astreinte.accounts.models import User
from astreinte.core.actors import SYSTEM
from astreinte.core.moves import move
from astreinte.customers.models import Server
from astreinte.tickets.models import Diagnosis, Ticket
from astreinte.tickets.states import DIAGNOSIS, DiagnosisState


def begin_diagnosis(
    server: Server, *, symptom: str, text: str, by: User, at: datetime, ticket: Ticket | None = None
) -> Diagnosis:
    """Somebody complains, or an engineer looks again."""
    return Diagnosis.objects.create(
        server=server, symptom=symptom, text=text, started_by=by, started_at=at, ticket=ticket
    )


def end_diagnosis(
    diagnosis: Diagnosis, *, facts: list[dict[str, Any]], advice: dict[str, Any], at: datetime
) -> Diagnosis:
    """Freeze what was found, and what it advises."""
    return move(
        diagnosis,
        DIAGNOSIS,
        to=DiagnosisState.DONE,
        kind="diagnosis:done",
        at=at,
        by=SYSTEM,
        story=diagnosis.ticket.story if diagnosis.ticket else diagnosis.story,
        data={"diagnosis": str(diagnosis.public_id)},
        ended_at=at,
        facts=facts,
        advice=advice,
    )


def adopt_diagnosis(diagnosis: Diagnosis, ticket: Ticket) -> None:
    """This diagnosis was made for this case."""
    Diagnosis.objects.filter(pk=diagnosis.pk, ticket=None).update(ticket=ticket)
    diagnosis.ticket = ticket
