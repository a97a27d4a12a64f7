"""The clock of this machine was moved back: nobody waits for the size of the step."""

from datetime import datetime, timedelta

from astreinte.core import heartbeats
from astreinte.core.transactions import all_or_nothing
from astreinte.notifications import actions as notifications
from astreinte.paging import actions as paging

# What NTP corrects little by little, or two machines disagree by, is no step.
STEP = timedelta(seconds=30)


@all_or_nothing
def moved_back(*, by: timedelta, at: datetime) -> int:
    """What was to come comes that much earlier; once, however many pagers noticed. Answers how many things were moved.

    A step forward moves nothing: a machine that slept is late, and rings at once.
    """
    if not heartbeats.first_to_notice(at=at):
        return 0
    return paging.bring_forward(by=by, at=at) + notifications.bring_forward(by=by, at=at)


def since_last_time(*, at: datetime) -> int:
    """The same for a step that no pager saw: the last one alive seems to have lived in the future."""
    last = heartbeats.last("pager")
    return moved_back(by=last - at, at=at) if last and last - at > STEP else 0
