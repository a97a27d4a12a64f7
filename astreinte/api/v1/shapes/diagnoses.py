"""Facts, as facts.md writes them, and a diagnosis with what they advise."""

import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from astreinte.api.v1.shapes.common import Shape, asked, example
from astreinte.api.v1.shapes.incidents import IncidentOut
from astreinte.api.v1.shapes.offers import OfferOut
from astreinte.api.v1.values import Name, Text
from astreinte.tickets.models import Symptom

_FACT = {
    "kind": "disk.used_percent",
    "value": 99.2,
    "subject": "/",
    "detail": "/dev/vda1",
    "observed_at": "2026-10-25T00:29:12Z",
    "source": "provider",
}
_ADVICE = {
    "outcome": "undetermined",
    "clauses": ["undetermined"],
    "fee_proposed": False,
    "explanation": [{"fact_kind": "disk.used_percent", "subject": "/"}],
}


class FactsIn(Shape):
    """What the provider's own systems observed: at most 500 facts a call. A kind that facts.md does not have is ignored."""

    model_config = asked(facts=[_FACT])
    facts: list[Any]


class FactsOut(Shape):
    """How many are kept as the newest word on their subject, and the kinds that are unknown."""

    model_config = example(kept=1, ignored=[])
    kept: int
    ignored: list[str]


class DiagnosisIn(Shape):
    """A complaint about a server: the symptom of the picker, and the customer's words (which are never evidence)."""

    model_config = asked(
        server="web1.boulangerie.example", symptom="mail", text="Nobody receives anything since midnight."
    )
    server: Name
    symptom: Symptom
    text: Text = ""


class AdviceOut(Shape):
    """What the facts advise: whose problem it most likely is, under which clauses, and why."""

    model_config = example(**_ADVICE)
    outcome: Literal["covered", "excluded", "undetermined", "ineligible"]
    clauses: list[str]
    fee_proposed: bool
    explanation: list[dict[str, Any]]


class RecordOut(Shape):
    """How often such an advice was right over the last 12 months, in a sentence too; fewer than 10 cases say nothing.

    `confidence`: those that were as sure are counted, when they are enough. For `undetermined`, right is: nothing was billed in the end.
    """

    model_config = example(
        cases=44,
        right=41,
        confidence="high",
        enough=True,
        says="Such advice was right in 41 of 44 cases over the last 12 months.",
    )
    cases: int
    right: int
    confidence: str | None
    enough: bool
    says: str


class MeasuresOut(Shape):
    """What was heard of the provider's Prometheus: how many facts, or a word for why there are none."""

    model_config = example(state="unanswered", count=0, trouble="refused")
    state: Literal["running", "answered", "unanswered"]
    count: int
    trouble: str = Field(description="`refused`, `timeout`, `denied`, `nonsense`...; empty while nothing is wrong.")


class DiagnosisOut(Shape):
    """A live look at a server: `running` for ten seconds at most, then `done` and never changed again."""

    model_config = example(
        id="5e2d41a4-6c3f-4d0e-9a55-7a2f3f1f6d19",
        state="done",
        server="web1.boulangerie.example",
        symptom="mail",
        started_at="2026-10-25T00:30:00Z",
        ended_at="2026-10-25T00:30:02Z",
        facts=[_FACT],
        advice=_ADVICE,
        record=None,
        measures=None,
        known_incident=None,
        offer=None,
    )
    id: uuid.UUID
    state: Literal["running", "done"]
    server: str
    symptom: Symptom
    started_at: datetime
    ended_at: datetime | None
    facts: list[dict[str, Any]]
    advice: AdviceOut | None
    record: RecordOut | None = Field(description="How often such an advice was right so far.")
    measures: MeasuresOut | None = Field(description="Nothing where the provider has no Prometheus to ask.")
    known_incident: IncidentOut | None = Field(description="The oldest incident in progress on this server.")
    offer: OfferOut | None = Field(description="What an urgent ticket would cost the caller now.")
