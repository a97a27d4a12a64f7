"""What is kept for a while and then forgotten: answers remembered for an Idempotency-Key, sessions that are over, tries."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from astreinte.accounts.models import RememberedAnswer, Tries
from astreinte.accounts.tries import LONGEST

# The contract: the same key and body give the same answer for 24 h.
REMEMBERED_FOR = timedelta(hours=24)


def forget(*, at: datetime) -> int:
    """Delete what is past its time. Answers how many rows went."""
    answers, _ = RememberedAnswer.objects.filter(at__lt=at - REMEMBERED_FOR).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=at).delete()
    tried, _ = Tries.objects.filter(window_at__lt=at - LONGEST).delete()
    return answers + sessions + tried
