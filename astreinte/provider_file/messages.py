"""The provider's own words of a page: texts with named places, looked at when the file is read, never when a phone must ring."""

from string import Formatter
from typing import Annotated

from pydantic import AfterValidator

from astreinte.core.refusals import gettext_noop
from astreinte.provider_file.people import Language
from astreinte.provider_file.sections import Section
from astreinte.provider_file.values import Note, refusal

PLACES = ("customer", "server", "symptom", "sentence", "saw", "link", "code")
# What stands in the places takes the rest of the 320 characters of an SMS.
LONGEST_SHORT = 160

UNKNOWN_PLACE = gettext_noop("%(key)s: {%(place)s} is not known here. Known: %(known)s.")
LONE_BRACE = gettext_noop("%(key)s: a brace is alone; write {customer} for a place, {{ or }} for a brace itself.")
NO_ANSWER = gettext_noop(
    "%(key)s: {link} then {code} must both be there, in this order: without them nobody can answer."
)
TOO_LONG = gettext_noop("%(key)s: write %(longest)d characters at most; what stands in the places takes the rest.")


def _places(text: str) -> list[str]:
    """The names between braces, in order; a format or an attribute makes a name that is none of ours."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise refusal(LONE_BRACE) from None
    return [
        "".join([name, f"!{conversion}" if conversion else "", f":{spec}" if spec else ""])
        for _literal, name, spec, conversion in parts
        if name is not None
    ]


def _known(text: str) -> str:
    for place in _places(text):
        if place not in PLACES:
            raise refusal(UNKNOWN_PLACE, place=place[:60], known=", ".join(PLACES))
    return text


def _answerable(text: str) -> str:
    """The end of a long SMS is what stays whole: the link, then the code."""
    places = _places(_known(text))
    if "code" not in places or "link" not in places[: places.index("code")]:
        raise refusal(NO_ANSWER)
    return text


def _brief(text: str) -> str:
    if len(text) > LONGEST_SHORT:
        raise refusal(TOO_LONG, longest=LONGEST_SHORT)
    return text


Words = Annotated[Note, AfterValidator(_known)]
Answerable = Annotated[Note, AfterValidator(_answerable)]
Short = Annotated[Note, AfterValidator(_brief), AfterValidator(_answerable)]


class PageWords(Section):
    """The four lengths of a page in one language; what is not written stays the built-in text."""

    subject: Words | None = None
    body: Answerable | None = None
    short: Short | None = None
    spoken: Words | None = None


class Messages(Section):
    """The messages a provider may write in its own words."""

    page: dict[Language, PageWords] = {}
