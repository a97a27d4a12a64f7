"""When a diagnosis has nothing more to wait for. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

# What has not answered by then is not waited for: the keeper looks each second, and ends many at once within the ten seconds.
PATIENCE = timedelta(seconds=7.5)


def is_late(*, started_at: datetime, at: datetime) -> bool:
    """Whether it has waited long enough, whatever is missing."""
    return at >= started_at + PATIENCE


def is_over(*, started_at: datetime, answers: Iterable[datetime | None], asked: bool, at: datetime) -> bool:
    """Whether everything has answered since it began. `answers`: the last one of each check; `asked`: a prober still asks others."""
    if is_late(started_at=started_at, at=at):
        return True
    return not asked and all(answer is not None and answer >= started_at for answer in answers)
