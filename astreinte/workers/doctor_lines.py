"""A line of what `astreinte doctor` says: how bad, about what, what was seen, what to do."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """Green: nothing to do. Amber: look at it in the day. Red: a page could be lost."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Line:
    """What was looked at, what was seen, and what to do about it."""

    level: Level
    about: str
    sentence: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        """The same, for programs."""
        return {name: str(value) for name, value in asdict(self).items()}


def green(about: str, sentence: str) -> Line:
    return Line(level=Level.GREEN, about=about, sentence=sentence)


def amber(about: str, sentence: str, remedy: str) -> Line:
    return Line(level=Level.AMBER, about=about, sentence=sentence, remedy=remedy)


def red(about: str, sentence: str, remedy: str) -> Line:
    return Line(level=Level.RED, about=about, sentence=sentence, remedy=remedy)
