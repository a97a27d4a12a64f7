"""*Just me?*, and what is looked up about the names of servers. Nothing is asked of anybody that is not named here."""

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

from astreinte.core.refusals import gettext_noop
from astreinte.monitoring.lookups import names
from astreinte.provider_file.people import Hook, bare
from astreinte.provider_file.sections import Section
from astreinte.provider_file.values import Bool, Duration, Host, Text, WebUrl, reads

BAD_RESOLVER = gettext_noop(
    "%(key)s: %(value)s is not the address of a resolver; write as in 192.0.2.53, with its port after a # when it is not 53."
)


def _resolver(text: str) -> str:
    return names.Server.checked(text)


Resolver = Annotated[str, reads(_resolver, BAD_RESOLVER)]


class LookUps(Section):
    """Whom we may ask about names, and what is the provider's own there.

    `rdap`: the base address of a server, or that of a bootstrap file when it ends in .json. `networks`: a zone
    of the DNS that says whose network an address is in.
    """

    resolvers: tuple[Resolver, ...] = Field(default=(), max_length=8)
    name_servers: tuple[Host, ...] = ()
    rdap: WebUrl | None = None
    registrar: tuple[Text, ...] = ()
    networks: Host | None = None


class JustMe(Section):
    """`public`: anybody may ask about a registered site. `lift_ban`: the provider's system that lifts a ban when a customer asks."""

    public: Bool = False
    share_for: Duration = timedelta(days=7)
    lift_ban: Annotated[Hook, BeforeValidator(bare)] | None = None
