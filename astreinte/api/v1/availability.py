"""The call about what was measured: the availability of a server over a month."""

from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_noop
from ninja import Query, Router

from astreinte.accounts import queries as accounts
from astreinte.api.v1.door import ApiRequest
from astreinte.api.v1.problems import Unknown
from astreinte.api.v1.shapes.availability import AvailabilityOut, availability_out
from astreinte.api.v1.values import Month, Name
from astreinte.customers import queries as customers
from astreinte.monitoring import history
from astreinte.monitoring.rules import intervals

router = Router(tags=["servers"])
NOT_BEGUN = gettext_noop("This month has not begun.")


@router.get(
    "/availability",
    response=AvailabilityOut,
    url_name="availability",
    operation_id="get_availability",
    summary="Measured availability",
)
def availability(
    request: ApiRequest, server: Annotated[Name, Query()], month: Annotated[Month, Query()]
) -> AvailabilityOut:
    """What was measured of a server over a month in the provider's zone, from the changes of state of its checks.

    What is still to come of the month in progress counts as available.
    """
    asked = get_object_or_404(customers.servers_of(request.person), name=server)
    period = intervals.month(month, zone=accounts.zone())
    if period.start > request.at:
        raise Unknown("month", NOT_BEGUN)
    return availability_out(asked, month=month, measured=history.availability(asked, period=period, at=request.at))
