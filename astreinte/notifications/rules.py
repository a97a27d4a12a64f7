"""Decisions of the outbox: when to try again. Pure."""

from dataclasses import dataclass
from datetime import timedelta

# 5 s, 15 s, 45 s, 2 min, then every 5 min: by then the next channel and the escalation have rung somebody else.
_PAUSES_S = (5, 15, 45, 120)
_LAST_PAUSE_S = 300
# A page that is never taken is retried by its next round; a letter for a day.
MAX_ATTEMPTS = 12


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one attempt."""

    accepted: bool
    provider_ref: str = ""
    will_confirm: bool = False
    permanent: bool = False
    blames_address: bool = False
    gone: bool = False
    error: str = ""
    said: str = ""


def after_failure(*, attempt: int, permanent: bool, key: int) -> timedelta | None:
    """How long to wait before the next attempt, with a jitter of up to 20 % drawn from the key; None to give up."""
    if permanent or attempt >= MAX_ATTEMPTS:
        return None
    pause = _PAUSES_S[attempt - 1] if attempt <= len(_PAUSES_S) else _LAST_PAUSE_S
    jitter = (key + attempt * 7919) % 21 / 100
    return timedelta(seconds=pause * (1 + jitter))
