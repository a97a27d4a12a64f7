"""A "no" we expected, with the sentence people read."""

from collections.abc import Mapping
from typing import Any


def gettext_noop(msgid: str) -> str:
    """Mark a sentence for the catalogs; whoever shows it translates it; Django's own would drag Django into what is pure."""
    return msgid


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """This is not possible."""

    slug = "refused"
    status = 409

    def __init__(self, **details: Any) -> None:
        super().__init__(self.sentence)
        self.details: Mapping[str, Any] = details

    @property
    def sentence(self) -> str:
        """The untranslated sentence (a gettext msgid, with %(name)s for each detail): doors translate it."""
        return " ".join((type(self).__doc__ or "").split())
