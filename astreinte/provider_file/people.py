"""People and machines: the provider's staff, its customers, their members and servers."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from astreinte.core.refusals import gettext_noop
from astreinte.monitoring.probes.base import at_home
from astreinte.provider_file import values
from astreinte.provider_file.sections import Section
from astreinte.provider_file.values import (
    Address,
    AnyUrl,
    Cents,
    Country,
    Duration,
    Email,
    Host,
    Name,
    Phone,
    Siren,
    Siret,
    Text,
    VatNumber,
    WebUrl,
    count,
    refusal,
)

Language = Literal["fr", "en"]
Role = Literal["engineer", "manager", "billing", "admin"]
Right = Literal["owner", "technical", "billing", "urgent"]
ROLES = ("engineer", "manager", "billing", "admin")

ONE_WAY = gettext_noop("%(key)s: write exactly one of sms, voice, email, webhook, apprise.")
NO_TYPE = gettext_noop("%(key)s: a service needs its type, as in {type: http}.")


class PostalAddress(Section):
    """An address on an invoice."""

    street: Text
    postcode: Text
    city: Text
    country: Country


class Hook(Section):
    """A web address to call, signed when it has a secret. A bare address is one without."""

    url: WebUrl = Field(repr=False)
    secret: Text | None = Field(default=None, repr=False)


def bare(value: Any) -> Any:
    """A bare address stands for {url: ...}."""
    return {"url": value} if isinstance(value, str) else value


class Way(StrEnum):
    """The ways to reach a person."""

    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


class Contact(Section):
    """One way to reach a person, `after` this delay from the start of the step."""

    after: Duration = timedelta()
    sms: Phone | None = None
    voice: Phone | None = None
    email: Email | None = None
    webhook: Annotated[Hook, BeforeValidator(bare)] | None = None
    apprise: AnyUrl | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if len([way for way in Way if getattr(self, way) is not None]) != 1:
            raise refusal(ONE_WAY)
        return self

    @property
    def way(self) -> Way:
        """Which one it is."""
        return next(way for way in Way if getattr(self, way) is not None)


class StaffMember(Section):
    """Somebody who works for the provider. Without a language, the provider's first."""

    email: Email
    name: Text
    roles: tuple[Role, ...] = Field(min_length=1)
    language: Language | None = None
    contacts: tuple[Contact, ...] = ()


class Member(Section):
    """A login of a customer. An owner has every right on every server; `technical` sees its servers only.

    Opening urgent tickets spends money: it is the owner's, and that of those whose rights say `urgent`, within
    `monthly_cap_cents` (excl. VAT, none without).
    """

    email: Email
    name: Text
    rights: tuple[Right, ...] = Field(min_length=1)
    servers: tuple[Host, ...] = ()
    monthly_cap_cents: Cents | None = Field(default=None, alias="monthly_cap")

    def has(self, right: str) -> bool:
        """Whether this member has this right, as an owner or by name."""
        return "owner" in self.rights or right in self.rights

    def sees(self, server: str) -> bool:
        """Whether this member sees this server of the customer."""
        return "owner" in self.rights or server in self.servers


OWN = ("type", "interval", "down_after", "up_after")


class Service(Section):
    """A managed service of a server: its type, the parameters of that type as they are, and its own pace where it has one."""

    type: Name
    interval: Duration | None = None
    down_after: Annotated[int, count(1, 100)] | None = None
    up_after: Annotated[int, count(1, 100)] | None = None
    parameters: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if "type" not in value:
            raise refusal(NO_TYPE)
        own = {key: item for key, item in value.items() if key in OWN}
        return {**own, "parameters": {key: values.typed(item) for key, item in value.items() if key not in OWN}}


class Server(Section):
    """A machine with a plan."""

    name: Host
    plan: Name
    addresses: tuple[Address, ...] = ()
    services: tuple[Service, ...] = ()

    def services_at_home(self) -> list[tuple[str, dict[str, Any]]]:
        """Each service's type and parameters; what says no host is on this machine."""
        return [
            (one.type, at_home(one.type, one.parameters, server=self.name, addresses=self.addresses))
            for one in self.services
        ]


class Customer(Section):
    """Somebody who is billed."""

    ref: Name
    name: Text
    kind: Literal["business", "consumer", "public"]
    language: Language | None = None
    address: PostalAddress
    siren: Siren | None = None
    siret: Siret | None = None
    vat_number: VatNumber | None = None
    escalation: Name = "default"
    members: tuple[Member, ...] = ()
    servers: tuple[Server, ...] = ()


@dataclass(frozen=True)
class Target:
    """Whom a step calls: a rota by name, a role, or one person by e-mail."""

    kind: Literal["rota", "role", "user"]
    name: str


TARGET = re.compile(r"(rota|role|user):\s*(.+)")


def target(text: str) -> Target:
    """`rota:first`, `role:manager`, `user:alice@example.org` or an address alone; raises ValueError otherwise."""
    found = TARGET.fullmatch(text)
    kind, name = (found[1], found[2]) if found else ("user", text)
    if kind == "rota" and values.NAME.fullmatch(name):
        return Target("rota", name)
    if kind == "role" and name in ROLES:
        return Target("role", name)
    if kind == "user":
        return Target("user", values.email(name))
    raise ValueError(text)


WhomToCall = Annotated[Target, values.reads(target, values.BAD_TARGET)]
