"""The advice: a complaint and its facts in, what they say out."""

from typing import Annotated, Any, Literal

from pydantic import Field

from astreinte.api.v1.shapes.common import Shape, asked, example
from astreinte.api.v1.values import Instant, Name, Text
from astreinte.guarantee.rules.advice import Advice
from astreinte.guarantee.rules.advice.reading import MOST_FACTS

_FACT = {
    "kind": "service.state",
    "value": "failed",
    "subject": "http",
    "observed_at": "2026-11-20T03:24:04Z",
    "source": "provider",
}
_SAYS = {
    "fr": "Service (http) : en échec (administration de l'hébergeur, il y a 56 s). Ne fonctionne pas.",
    "en": "Service (http): failed (the provider's administration, 56 s ago). Does not work.",
}
_REASON = {"fact_kind": "service.state", "subject": "http", "value": "failed", "role": "broken", "says": _SAYS}


class AdviceIn(Shape):
    """A complaint and its facts. `policy` is the first day of one of the provider's policies, or of a published one.

    `text` is what the customer wrote: it decides nothing. `at` is the time of the question, now when it is left out.
    """

    model_config = asked(
        plan="dedicated",
        policy="2019-12-13",
        symptom="website-down",
        text="Nothing answers since 3 o'clock.",
        facts=[_FACT],
        at="2026-11-20T03:25:00Z",
    )
    plan: Name
    policy: Name
    symptom: Name
    text: Text = ""
    facts: Annotated[list[Any], Field(max_length=MOST_FACTS)]
    at: Instant | None = None


class ReasonOut(Shape):
    """A fact and why it is cited; `missing` names one that would have helped and is not in the request."""

    model_config = example(**_REASON)
    fact_kind: str
    role: str
    says: dict[str, str]
    subject: str | None = None
    value: str | bool | int | float | None = None
    missing: bool | None = None


class AdviceOut(Shape):
    """`fee_proposed` is true if and only if the outcome is excluded; a person gives the verdict. Clauses: the best first."""

    model_config = example(
        outcome="covered", clauses=["service-down"], fee_proposed=False, confidence="medium", explanation=[_REASON]
    )
    outcome: Literal["covered", "excluded", "undetermined", "ineligible"]
    clauses: list[str]
    fee_proposed: bool
    confidence: Literal["low", "medium", "high"]
    explanation: list[ReasonOut]


def advice_out(advice: Advice) -> AdviceOut:
    """As the contract has it."""
    return AdviceOut.model_validate(advice.as_json)
