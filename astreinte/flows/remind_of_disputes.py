"""The answer to a dispute was promised for a day: those who decide are reminded the day before, and told when it has passed."""

from datetime import datetime

from astreinte.core.transactions import all_or_nothing
from astreinte.flows import tell_of_verdicts as tell
from astreinte.tickets import actions as tickets
from astreinte.tickets import disputes
from astreinte.tickets.models import Dispute


def due(*, at: datetime) -> int:
    """Remind of what is due. Answers how many reminders that made."""
    return sum(_reminded(dispute, at=at) for dispute in disputes.due(at=at))


@all_or_nothing
def _reminded(dispute: Dispute, *, at: datetime) -> bool:
    late = dispute.answer_by is not None and dispute.answer_by <= at
    told = tickets.dispute_is_late if late else tickets.remind_of_dispute
    if not told(dispute, at=at):
        return False
    tell.answer_is_due(dispute, late=late, at=at)
    return True
