"""The provider's own pages for those who can help themselves: `guides: [{about, title: {fr, en}, url}]`."""

from typing import Annotated

from pydantic import Field

from astreinte.core.refusals import gettext_noop
from astreinte.guarantee.rules.advice.vocabulary import KINDS, SYMPTOMS
from astreinte.provider_file.people import Language
from astreinte.provider_file.sections import Section
from astreinte.provider_file.values import Text, WebUrl, reads

MOST_GUIDES = 100
NOT_ABOUT = gettext_noop(
    "%(key)s: %(value)s is neither a symptom, such as how-to, nor a kind of fact, such as firewall.ban; see docs/advice.md."
)


def _about(text: str) -> str:
    if text not in SYMPTOMS and text not in KINDS:
        raise ValueError(text)
    return text


class Guide(Section):
    """A page about a symptom, or about the cause that a kind of fact names. It is shown before anybody is woken."""

    about: Annotated[str, reads(_about, NOT_ABOUT)]
    title: dict[Language, Text] = Field(min_length=1)
    url: WebUrl
