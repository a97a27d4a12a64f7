"""The provider file: every section, every key, and what each value may be.

Durations are timedeltas, money is in cents excl. VAT, dates are dates, e-mails and host names are in small letters.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from astreinte.provider_file.advice import MOST_CAUSES, OwnCause
from astreinte.provider_file.channels import Channels
from astreinte.provider_file.guides import MOST_GUIDES, Guide
from astreinte.provider_file.inbound import Inbound
from astreinte.provider_file.just_me import JustMe, LookUps
from astreinte.provider_file.maintenance import MaintenanceSection
from astreinte.provider_file.messages import Messages
from astreinte.provider_file.metrics import Prometheus
from astreinte.provider_file.people import Customer, Language, PostalAddress, Service, StaffMember, WhomToCall
from astreinte.provider_file.problems import Problem
from astreinte.provider_file.rotas import RotaSection
from astreinte.provider_file.sections import Section
from astreinte.provider_file.status import Status
from astreinte.provider_file.tree import Node
from astreinte.provider_file.values import (
    Bool,
    Cents,
    Day,
    Duration,
    Email,
    Host,
    Iban,
    Key,
    Name,
    Note,
    Percent,
    Reference,
    Siren,
    Siret,
    Text,
    VatNumber,
    Zone,
    count,
)

ROUND = timedelta(minutes=10)
BREATH = timedelta(minutes=2)


class Provider(Section):
    """Who sells: what invoices and screens say. `franchise`: no VAT is charged (CGI art. 293 B)."""

    name: Text
    legal_name: Text | None = None
    address: PostalAddress
    siren: Siren | None = None
    siret: Siret | None = None
    vat_number: VatNumber | None = None
    franchise: Bool = False
    legal_form: Text | None = None
    register_: Text | None = Field(default=None, alias="register")
    iban: Iban | None = None
    time_zone: Zone = "Europe/Paris"
    languages: tuple[Language, ...] = Field(default=("fr", "en"), min_length=1)
    email: Email


class Plan(Section):
    """What is promised: the time to intervene (GTI), to restore (GTR), the availability in percent."""

    urgent: Bool
    gti: Duration
    gtr: Duration
    availability: Percent


class Tariff(Section):
    """A price excl. VAT, from this day on."""

    from_: Day = Field(alias="from")
    amount_cents: Cents = Field(alias="amount")


class Tariffs(Section):
    """The prices, each with its history."""

    urgent_intervention: tuple[Tariff, ...] = ()


class Policy(Section):
    """Which clauses are covered, from this day on, and the words people accept, by language."""

    from_: Day = Field(alias="from")
    covered: tuple[Name, ...]
    excluded: tuple[Name, ...]
    text: dict[Language, Note] | None = None


class Step(Section):
    """Whom to call, `after` this delay from the start of the round."""

    after: Duration
    notify: tuple[WhomToCall, ...] = Field(min_length=1)


class Escalation(Section):
    """Steps, then the whole round again until somebody takes it; `last_resort` is called when a round found nobody."""

    steps: tuple[Step, ...] = Field(min_length=1)
    repeat_every: Duration | None = None
    last_resort: tuple[WhomToCall, ...] = ()

    @property
    def round_length(self) -> timedelta:
        """From the start of a round to the next: as written, or 10 min, or 2 min after a later last step."""
        return self.repeat_every or max(ROUND, self.steps[-1].after + BREATH)


class Billing(Section):
    """When a charge becomes an invoice, `review` after its letter; without this section at once, one per ticket.

    `answer`: how soon a dispute is answered, as its customer is promised.
    """

    review: Duration = timedelta()
    answer: Duration = timedelta(days=7)
    schedule: Literal["immediate", "monthly"] = "immediate"
    vies: Bool = False


class Site(Section):
    """A prober on another machine: the key it shows, and the servers it looks at (none: all)."""

    key: Key = Field(repr=False)
    servers: tuple[Host, ...] = ()


class Monitoring(Section):
    """The pace of checks; how many customers at once let us suspect one trouble of ours (0: never); what proves that we see; from where."""

    interval: Duration = timedelta(minutes=1)
    down_after: Annotated[int, count(1, 100)] = 3
    up_after: Annotated[int, count(1, 100)] = 2
    suspect_after: Annotated[int, count(0, 1000)] = 3
    references: tuple[Reference, ...] = Field(default=(), max_length=10)
    sites: dict[Name, Site] = {}
    prometheus: Prometheus | None = None

    def pace_of(self, service: Service) -> dict[str, int]:
        """How often this service is looked at (seconds), and how many results in a row are believed: as it says, else as here."""
        return {
            "interval_s": int((service.interval or self.interval).total_seconds()),
            "down_after": service.down_after or self.down_after,
            "up_after": service.up_after or self.up_after,
        }


class ProviderFile(Section):
    """A whole provider. `warnings` are worth reading and stop nothing."""

    provider: Provider
    plans: dict[Name, Plan] = {}
    tariffs: Tariffs = Tariffs()
    policies: tuple[Policy, ...] = ()
    channels: Channels = Channels()
    staff: tuple[StaffMember, ...] = ()
    rotas: dict[Name, RotaSection] = {}
    escalation: dict[Name, Escalation] = {}
    customers: tuple[Customer, ...] = ()
    billing: Billing = Billing()
    monitoring: Monitoring = Monitoring()
    inbound: dict[Name, Inbound] = {}
    maintenance: tuple[MaintenanceSection, ...] = ()
    messages: Messages = Messages()
    advice: tuple[OwnCause, ...] = Field(default=(), max_length=MOST_CAUSES)
    guides: tuple[Guide, ...] = Field(default=(), max_length=MOST_GUIDES)
    status: Status = Status()
    look_ups: LookUps = LookUps()
    just_me: JustMe = JustMe()

    _document_sha256: str = ""
    _warnings: tuple[Problem, ...] = ()
    _root: Node = Node(None, 1, 1)

    def problem(self, *path: str | int, msgid: str, **params: object) -> Problem:
        """Something that is wrong at this place for a reason the file alone does not show; the nearest key when it is absent."""
        node = self._root
        for step in path:
            node = node.get(step) if isinstance(step, str) else node.items()[step]
        return node.problem(msgid, **params)

    @property
    def own_words(self) -> dict[str, Any]:
        """The sections that are the provider's own words and causes, as JSON."""
        advice = [cause.model_dump(by_alias=True, exclude_none=True, mode="json") for cause in self.advice]
        messages = self.messages.model_dump(exclude_none=True)
        guides = [guide.model_dump(mode="json") for guide in self.guides]
        return {"messages": messages, "advice": advice, "guides": guides, "status": self.status.plain}

    @property
    def document_sha256(self) -> str:
        """Of the text this was read from, in UTF-8: the same digest, the same file."""
        return self._document_sha256

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is allowed and probably not meant."""
        return self._warnings
