"""Calls about facts: the provider's systems push them, a diagnosis gathers them."""

import uuid
from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import Router, Status

from astreinte.api.v1 import rights
from astreinte.api.v1.door import ApiRequest, Bearer
from astreinte.api.v1.incidents import reader
from astreinte.api.v1.problems import not_valid
from astreinte.api.v1.shapes.diagnoses import (
    AdviceOut,
    DiagnosisIn,
    DiagnosisOut,
    FactsIn,
    FactsOut,
    MeasuresOut,
    RecordOut,
)
from astreinte.api.v1.shapes.incidents import incident_out
from astreinte.api.v1.shapes.offers import offer_out
from astreinte.api.v1.values import Name
from astreinte.customers import queries as customers
from astreinte.flows import diagnose, push_facts
from astreinte.guarantee.rules.advice import read
from astreinte.monitoring import queries as monitoring
from astreinte.tickets import diagnoses, record_words
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Diagnosis

router = Router(tags=["diagnosis"])


@router.post(
    "/servers/{name}/facts",
    auth=Bearer("facts"),
    response=FactsOut,
    url_name="server_facts",
    operation_id="push_facts",
    summary="Push facts",
)
def server_facts(request: ApiRequest, name: Name, payload: FactsIn) -> FactsOut | HttpResponse:
    """By the provider's own systems: panel, firewall, log readers. The newest word on each subject counts.

    422 names the fact and the field that are wrong, and nothing is kept.
    """
    person = rights.staff(request)
    server = get_object_or_404(customers.servers_of(person), name=name)
    facts, wrong = read(payload.facts)
    if wrong:
        return not_valid(*((one.place, one.text(_)) for one in wrong))
    kinds = {str(one.get("kind")) for one in payload.facts}
    kept = push_facts.push(server, facts, by=person, at=request.at)
    return FactsOut(kept=kept, ignored=sorted(kinds - {fact.kind for fact in facts}))


@router.post(
    "/diagnoses",
    auth=Bearer("tickets"),
    response={201: DiagnosisOut},
    url_name="diagnoses",
    operation_id="start_diagnosis",
    summary="Look now",
)
def start(request: ApiRequest, payload: DiagnosisIn) -> Status[DiagnosisOut]:
    """Gather what is known of a server and look at everything watched on it, for ten seconds at most. Free, and opens nothing."""
    server = get_object_or_404(customers.servers_of(request.person), name=payload.server)
    begun = diagnose.start(server, symptom=payload.symptom.value, text=payload.text, by=request.person, at=request.at)
    return Status(201, _out(request, begun))


@router.get(
    "/diagnoses/{id}",
    response=DiagnosisOut,
    url_name="diagnosis",
    operation_id="get_diagnosis",
    summary="One diagnosis",
)
def diagnosis(request: ApiRequest, id: uuid.UUID) -> DiagnosisOut:  # noqa: A002 - the contract's name
    """A diagnosis as it is by now: ask again while it is `running`."""
    return _out(request, get_object_or_404(diagnoses.seen_by(request.person), public_id=id))


def _measures(found: Diagnosis) -> MeasuresOut | None:
    reading = diagnoses.reading(found)
    if reading is None:
        return None
    if reading.due_at:
        return MeasuresOut(state="running", count=0, trouble="")
    state: Literal["answered", "unanswered"] = "unanswered" if reading.trouble else "answered"
    return MeasuresOut(state=state, count=len(reading.facts), trouble=reading.trouble)


def _out(request: ApiRequest, found: Diagnosis) -> DiagnosisOut:
    known = monitoring.open_on(found.server).first()
    offer = cases.offer(server=found.server, user=request.person, at=request.at, language=translation.get_language())
    return DiagnosisOut.model_validate(
        {
            "id": found.public_id,
            "state": found.state,
            "server": found.server.name,
            "symptom": found.symptom,
            "started_at": found.started_at,
            "ended_at": found.ended_at,
            "facts": diagnoses.known(found, at=request.at),
            "measures": _measures(found),
            "advice": AdviceOut.model_validate(found.advice) if found.advice else None,
            "record": _record(found.advice, at=request.at) if found.advice else None,
            "known_incident": incident_out(known, reader=reader(request)) if known else None,
            "offer": offer_out(offer),
        }
    )


def _record(advice: dict[str, Any], *, at: datetime) -> RecordOut | None:
    found = record_words.of(advice, at=at)
    if found is None:
        return None
    return RecordOut(
        cases=found.many,
        right=found.right,
        confidence=found.confidence or None,
        enough=found.is_enough,
        says=record_words.told(found),
    )
