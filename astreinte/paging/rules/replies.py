"""What somebody means who answers a page by SMS: `12` takes it, `12 15` takes it with 15 minutes, `12 e` escalates. Pure.

Written at 3 a.m. with a thumb: case, spaces, a final dot, `12a`, `ack 12`, `12 15 min` and full-width digits all pass. Anything
that could mean two things means nothing: the sender is told how to answer, and the escalation goes on.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

# Longer is a conversation, not an answer.
LONGEST = 40
MAX_MINUTES = 24 * 60
CODE_DIGITS = 5
TAKE = frozenset({"a", "ack", "ok", "take", "oui", "yes"})
ESCALATE = frozenset({"e", "esc", "escalate", "escalade", "non", "no"})
UNITS = frozenset({"m", "mn", "min", "mins", "minute", "minutes"})
_TOKENS = re.compile(r"[0-9]+|[a-z]+")
_NOISE = re.compile(r"[\s.,!#:;]*")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer that was understood."""

    code: str
    verb: Literal["acknowledge", "escalate"]
    minutes: int | None = None


def read(text: str) -> Reply | None:
    """What the sender means; None when it is not clear."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if len(plain) > LONGEST or not _NOISE.fullmatch(_TOKENS.sub("", plain)):
        return None
    tokens = _TOKENS.findall(plain)
    numbers = [token for token in tokens if token.isdigit()]
    words = [token for token in tokens if not token.isdigit()]
    if words and words[-1] in UNITS and len(numbers) == 2 and tokens[-1] == words[-1]:  # noqa: PLR2004 - code, minutes
        words = words[:-1]
    if len(words) > 1 or not numbers or len(numbers) > 2 or len(numbers[0]) > CODE_DIGITS:  # noqa: PLR2004
        return None
    return _meant(words[0] if words else "", numbers)


def _meant(word: str, numbers: list[str]) -> Reply | None:
    code = numbers[0].lstrip("0")
    minutes = int(numbers[1]) if len(numbers) > 1 else None
    if not code or (minutes is not None and minutes > MAX_MINUTES):
        return None
    if word in ESCALATE and minutes is None:
        return Reply(code=code, verb="escalate")
    if word in TAKE or not word:
        return Reply(code=code, verb="acknowledge", minutes=minutes)
    return None
