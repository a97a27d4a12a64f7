"""The verb of what was found out later: an incident of ours that nothing had told while it lasted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from astreinte.core import timeline
from astreinte.core.actors import Actor
from astreinte.customers.models import Server
from astreinte.monitoring.models import Incident
from astreinte.monitoring.states import IncidentState


@dataclass(frozen=True, kw_only=True)
class Past:
    """What was wrong, under which clause of our guarantee, from when until when."""

    title: str
    clause: str
    began_at: datetime
    over_at: datetime


def declare(what: Past, *, servers: Iterable[Server], by: Actor, at: datetime) -> Incident:
    """It is over, and calls nobody: it is in the history of these servers from now on."""
    incident = Incident.objects.create(
        state=IncidentState.RESOLVED,
        title=what.title[:300],
        clause=what.clause,
        opened_at=what.began_at,
        started_at=what.began_at,
        resolved_at=what.over_at,
    )
    incident.servers.set(servers)
    began = what.began_at.isoformat()
    timeline.record(incident, "incident:declared", at=at, by=by, story=incident.story, began_at=began)
    return incident
