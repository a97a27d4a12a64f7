"""What is wrong with a provider file: every problem with its line, its path and its sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from astreinte.core.refusals import Refusal

Step = str | int


def untranslated(msgid: str) -> str:
    """English: the msgid itself."""
    return msgid


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to correct. Lines and columns count from 1; `path` is where in the document, as `staff[0].email`."""

    line: int
    column: int
    path: str
    msgid: str
    params: Mapping[str, object] = field(default_factory=dict, compare=False)

    @property
    def sentence(self) -> str:
        """In English."""
        return self.text()

    def text(self, translate: Callable[[str], str] = untranslated) -> str:
        """In the reader's language: doors pass gettext."""
        return translate(self.msgid) % self.params

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.sentence}"


class ProviderFileRefused(Refusal):
    """The provider file was refused: nothing was changed."""

    slug = "provider-file-refused"
    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems=tuple(problems))
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join([self.sentence, *map(str, self.problems)])


def path_text(path: Sequence[Step]) -> str:
    """`staff[0].email`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
