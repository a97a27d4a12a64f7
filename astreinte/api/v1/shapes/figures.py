"""The figures of the verdicts of a period, as the figures screen counts them."""

from datetime import datetime
from typing import Any, Literal

from astreinte.api.v1.shapes.common import Shape, amount, example
from astreinte.monitoring.rules.intervals import Interval
from astreinte.tickets.rules.figures import Count, Figures, Hits, Share

_COUNT = {
    "verdicts": 8,
    "covered": 5,
    "covered_percent": 62,
    "billed": 2,
    "undetermined": 1,
    "contested": 1,
    "overturned": 1,
}
_CLAUSE = {**_COUNT, "clause": "service-down", "coverage": "covered"}
_SYMPTOM = {**_COUNT, "symptom": "mail"}
_ADVICE = {"outcome": "covered", "cases": 6, "right": 5, "right_percent": 83}
_DISPUTES = {"opened": 1, "upheld": 1, "dismissed": 0, "waiting": 0}
_FIGURES = {
    "start": "2026-10-31T23:00:00Z",
    "end": "2026-11-30T23:00:00Z",
    "whole": _COUNT,
    "amount_excl_vat": "190.00",
    "currency": "EUR",
    "billed_against_advice": 0,
    "advice": [_ADVICE],
    "without_advice": 2,
    "disputes": _DISPUTES,
    "clauses": [_CLAUSE],
    "symptoms": [_SYMPTOM],
}


class CountOut(Shape):
    """So many verdicts and what they came to; one that was overturned is covered. `covered_percent`: null without a verdict."""

    model_config = example(**_COUNT)
    verdicts: int
    covered: int
    covered_percent: int | None
    billed: int
    undetermined: int
    contested: int
    overturned: int


class ClauseOut(CountOut):
    model_config = example(**_CLAUSE)
    clause: str
    coverage: Literal["covered", "excluded", "undetermined"]


class SymptomOut(CountOut):
    model_config = example(**_SYMPTOM)
    symptom: str


class AdviceCountOut(Shape):
    """How often what the first diagnosis told the customer is what the verdict came to."""

    model_config = example(**_ADVICE)
    outcome: Literal["covered", "excluded", "undetermined"]
    cases: int
    right: int
    right_percent: int | None


class DisputesOut(Shape):
    """The verdicts that were contested: `upheld` those where the customer was right."""

    model_config = example(**_DISPUTES)
    opened: int
    upheld: int
    dismissed: int
    waiting: int


class FiguresOut(Shape):
    """The verdicts given from `start` (included) to `end`; `amount_excl_vat`: what stands billed."""

    model_config = example(**_FIGURES)
    start: datetime
    end: datetime
    whole: CountOut
    amount_excl_vat: str
    currency: Literal["EUR"]
    billed_against_advice: int
    advice: list[AdviceCountOut]
    without_advice: int
    disputes: DisputesOut
    clauses: list[ClauseOut]
    symptoms: list[SymptomOut]


def _percent(part: int, whole: int) -> int | None:
    return Share(part=part, whole=whole).percent


def _counted(count: Count) -> dict[str, Any]:
    return {
        "verdicts": count.many,
        "covered": count.covered,
        "covered_percent": _percent(count.covered, count.many),
        "billed": count.billed,
        "undetermined": count.undetermined,
        "contested": count.contested,
        "overturned": count.overturned,
    }


def _advice(hits: Hits) -> dict[str, Any]:
    percent = _percent(hits.right, hits.many)
    return {"outcome": hits.key, "cases": hits.many, "right": hits.right, "right_percent": percent}


def figures_out(found: Figures, *, period: Interval) -> FiguresOut:
    """What was counted over a period."""
    return FiguresOut.model_validate(
        {
            "start": period.start,
            "end": period.end,
            "whole": _counted(found.whole),
            "amount_excl_vat": amount(found.cents),
            "currency": "EUR",
            "billed_against_advice": found.against_advice,
            "advice": [_advice(one) for one in found.forecasts],
            "without_advice": found.without_forecast,
            "disputes": {
                "opened": found.disputes,
                "upheld": found.won,
                "dismissed": found.lost,
                "waiting": found.waiting,
            },
            "clauses": [{**_counted(one), "clause": one.key, "coverage": one.coverage} for one in found.clauses],
            "symptoms": [{**_counted(one), "symptom": one.key} for one in found.symptoms],
        }
    )
