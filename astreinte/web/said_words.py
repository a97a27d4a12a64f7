"""What was said in public about an incident, as the reader of a screen reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from babel import Locale
from django.utils.translation import get_language

from astreinte.monitoring import said
from astreinte.monitoring.models import PublicMessage


@dataclass(frozen=True, kw_only=True)
class Word:
    """One public message. `other` names the language it is in when that is not the reader's; no author: it was said by itself."""

    at: datetime
    author: str
    stage: str
    label: str
    text: str
    language: str
    other: str
    next_update_at: datetime | None


def language() -> str:
    """The reader's language."""
    return (get_language() or "fr")[:2]


def language_name(code: str) -> str:
    """A language, by its name in the reader's own."""
    return Locale.parse(code).get_display_name(language()) or code


def word(message: PublicMessage) -> Word:
    """A message, in the reader's language where it has it."""
    told = said.in_language(message.texts, language=language())
    return Word(
        at=message.said_at,
        author=message.author.name if message.author else "",
        stage=message.stage,
        label=message.get_stage_display(),
        text=told.text,
        language=told.language,
        other="" if told.language == language() else language_name(told.language),
        next_update_at=message.next_update_at,
    )


def newest_first(messages: Iterable[PublicMessage]) -> list[Word]:
    """Several, the last one on top."""
    return [word(one) for one in messages][::-1]
