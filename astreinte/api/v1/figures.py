"""Calls for support managers: the figures of the verdicts, and the verdicts that wait for somebody."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from django.utils.translation import gettext_noop
from ninja import Query, Router

from astreinte.accounts import queries as accounts
from astreinte.api.v1 import rights
from astreinte.api.v1.cursors import cut
from astreinte.api.v1.door import ApiRequest
from astreinte.api.v1.problems import Unknown
from astreinte.api.v1.shapes.figures import FiguresOut, figures_out
from astreinte.api.v1.shapes.reviews import Reviews, review_out
from astreinte.api.v1.values import Cursor, Month
from astreinte.monitoring.rules import intervals
from astreinte.monitoring.rules.intervals import Interval
from astreinte.tickets import figures as counted
from astreinte.tickets import reviews as waiting

router = Router(tags=["verdicts"])
NOT_BOTH = gettext_noop("Ask for a month or for the last days, not for both.")


def _period(month: str | None, days: int | None, *, at: datetime) -> Interval:
    if month and days:
        raise Unknown("month", NOT_BOTH)
    if month:
        return intervals.month(month, zone=accounts.zone())
    return Interval(start=at - timedelta(days=days or 90), end=at)


@router.get(
    "/figures",
    response=FiguresOut,
    url_name="figures",
    operation_id="get_figures",
    summary="The figures of the verdicts",
)
def figures(
    request: ApiRequest,
    month: Annotated[Month | None, Query()] = None,
    days: Annotated[int | None, Query(ge=1, le=3660)] = None,
) -> FiguresOut:
    """For support managers: what was decided in a month of the provider's calendar, or in the last `days` (90 by default).

    By clause and by symptom, with how often the advice was right and how the disputes ended.
    """
    rights.support_manager(request)
    period = _period(month, days, at=request.at)
    return figures_out(counted.of_period(start=period.start, end=period.end), period=period)


@router.get(
    "/reviews",
    response=Reviews,
    url_name="reviews",
    operation_id="list_reviews",
    summary="The verdicts that wait for somebody",
)
def reviews(
    request: ApiRequest,
    reason: Annotated[Literal["second-person", "incident"] | None, Query()] = None,
    cursor: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Reviews:
    """For support managers, newest case first: what would bill against the advice, and what an incident known since may cover."""
    rights.support_manager(request)
    found, after = cut(waiting.cases_waiting(reason), cursor=cursor, limit=limit)
    return Reviews(items=[review_out(one) for one in waiting.waiting_of(found)], next=after)
