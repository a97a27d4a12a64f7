"""The verdicts of a period in figures, each asked by one question that counts in the database. Reads only."""

from datetime import datetime, timedelta

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce

from astreinte.tickets.models import Mode, Verdict
from astreinte.tickets.rules import figures as rules
from astreinte.tickets.states import VerdictState

# How far back "so far" goes.
YEAR = timedelta(days=365)


def _real() -> QuerySet[Verdict]:
    """An example at the end of a rehearsal is no verdict."""
    return Verdict.objects.exclude(ticket__mode=Mode.REHEARSAL)


def of_period(*, start: datetime, end: datetime) -> rules.Figures:
    """What was decided from an instant to another (the first included)."""
    given = _real().filter(given_at__gte=start, given_at__lt=end).order_by()
    alike = given.values_list(
        "clause", "coverage", "state", "ticket__symptom", "forecast", "advised", "dispute__state"
    ).annotate(many=Count("pk"), cents=Coalesce(Sum("charge__amount_cents"), 0))
    return rules.figures(_row(*one) for one in alike)


def _row(  # noqa: PLR0917 - a row of the question above
    clause: str,
    coverage: str,
    state: str,
    symptom: str,
    forecast: str,
    advised: str,
    dispute: str | None,
    many: int,
    cents: int,
) -> rules.Row:
    return rules.Row(
        clause=clause,
        coverage=coverage,
        state=state,
        symptom=symptom,
        forecast=forecast,
        advised=advised,
        dispute=dispute or "",
        many=many,
        cents=cents,
    )


def track_record(outcome: str, *, confidence: str, at: datetime) -> rules.Record:
    """How often an advice of this outcome was right over the last year; of those as sure, where they are enough."""
    like = _real().filter(forecast=outcome, given_at__gt=at - YEAR, given_at__lte=at).order_by()
    found = like.values_list("forecast_confidence", "coverage", "state").annotate(many=Count("pk"))
    return rules.record(outcome, confidence, (_past(*one) for one in found))


def _past(confidence: str, coverage: str, state: str, many: int) -> rules.Past:
    final = rules.COVERED if state == VerdictState.OVERTURNED else coverage
    return rules.Past(confidence=confidence, final=final, many=many)
