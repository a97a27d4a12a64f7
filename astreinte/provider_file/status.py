"""The public status page: what the world knows by a name, and which servers stand behind it."""

from typing import Annotated, Any, Self, get_args

from pydantic import BeforeValidator, model_validator

from astreinte.core.refusals import gettext_noop
from astreinte.provider_file.people import Language
from astreinte.provider_file.sections import Section
from astreinte.provider_file.values import Bool, Host, Name, Text, refusal

NOTHING_BEHIND = gettext_noop("%(key)s: write servers or plans, to say what this component is made of.")
NO_WORDS = gettext_noop("%(key)s: write a text, or one for each language.")


def in_each(value: Any) -> Any:
    """A text alone is the same in every language."""
    return dict.fromkeys(get_args(Language), value) if isinstance(value, str) else value


def _some(value: dict[str, str]) -> dict[str, str]:
    if not value:
        raise refusal(NO_WORDS)
    return value


Worded = Annotated[dict[Language, Text], BeforeValidator(in_each)]


class StatusComponent(Section):
    """One line of the status page. `services`: it is about these kinds of checks alone.

    `shared`: several customers use each of its servers, so that what fails there is told to all at once, without waiting for
    somebody to write.
    """

    name: Worded
    description: Worded = {}
    servers: tuple[Host, ...] = ()
    plans: tuple[Name, ...] = ()
    services: tuple[Name, ...] = ()
    shared: Bool = False

    @model_validator(mode="after")
    def _made_of_something(self) -> Self:
        _some({str(language): text for language, text in self.name.items()})
        if not self.servers and not self.plans:
            raise refusal(NOTHING_BEHIND)
        return self


class Status(Section):
    """The page's title, and its components in order. Without components, one for each kind of service that is watched.

    `figures`: what the verdicts were, in numbers that name nobody, is published beside it.
    """

    name: Text | None = None
    figures: Bool = False
    components: dict[Name, StatusComponent] = {}

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON; a list keeps its order in every database, a mapping does not."""
        listed = [{"key": key, **one.model_dump(mode="json")} for key, one in self.components.items()]
        return {"name": self.name or "", "components": listed, "figures": self.figures}
