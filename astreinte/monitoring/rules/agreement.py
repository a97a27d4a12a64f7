"""What several places see of one check, as one state; which of them may say; and when being blind is believed. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

UP, DOWN = "up", "down"
# A site says that it is alive this often; after eight times in a row without a word it is silent.
REPORTS_EVERY = timedelta(seconds=15)
SILENT_AFTER = 8 * REPORTS_EVERY
# A site that has been blind for this long is in trouble of its own; a cut of a few seconds calls nobody.
BLIND_AFTER = timedelta(seconds=15)
# What a site last saw counts for three more looks, and this.
STALE = timedelta(minutes=1)
# A result that is told later than this is history: it opens no incident for the past.
LATE = timedelta(minutes=2)
# Results older than this are given up.
FORGOTTEN = timedelta(hours=48)
# A site whose clock is further off than this is refused.
MOST_OFF = timedelta(minutes=2)
# A report may be this long on its way: its clock is as good as ours.
ON_THE_WAY = timedelta(seconds=5)


def agreed(believed: str, votes: Iterable[str]) -> str:
    """The state of a check from what each place that may say believes: down needs more than half of them (1 of 1, 2 of 2, 2 of 3).

    Who has no opinion yet does not count; when nobody has one, what was believed stays.
    """
    said = [vote for vote in votes if vote in {UP, DOWN}]
    if not said:
        return believed
    return DOWN if 2 * said.count(DOWN) > len(said) else UP


def may_say(*, looked_at: datetime | None, interval_s: int, is_heard: bool, is_blind: bool, at: datetime) -> bool:
    """Whether what a site believes of a check counts now: it is alive, it sees, and it has looked recently."""
    if looked_at is None or not is_heard or is_blind:
        return False
    return at - looked_at <= 3 * timedelta(seconds=interval_s) + STALE


def is_blind(since: datetime | None, *, at: datetime) -> bool:
    """Whether a site whose references do not answer `since` then is believed to be blind."""
    return since is not None and at - since >= BLIND_AFTER


def is_late(seen_at: datetime, *, at: datetime) -> bool:
    """Whether a result is told too late to say anything of now."""
    return at - seen_at > LATE
