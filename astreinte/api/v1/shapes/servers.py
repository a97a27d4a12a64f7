"""Servers with their state, incidents, maintenance, and who the caller is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from astreinte.accounts.models import ApiToken, User
from astreinte.api.v1.shapes.common import Shape, amount, example
from astreinte.api.v1.shapes.incidents import CheckOut, IncidentOut, Reader, check_out, incident_out
from astreinte.api.v1.shapes.maintenance import MaintenanceOut, maintenance_out
from astreinte.customers.models import Member, Server
from astreinte.monitoring import rules
from astreinte.monitoring.models import Check, Incident, Maintenance

_SERVER = {
    "name": "web1.boulangerie.example",
    "customer": {"ref": "boulangerie", "name": "Boulangerie du Port SARL"},
    "plan": {"name": "dedicated", "urgent": True, "gti_s": 900, "gtr_s": 3600, "availability": "99.9"},
    "addresses": ["192.0.2.10"],
    "services": ["http", "imap"],
    "state": "down",
    "checks": [CheckOut.example()],
    "incidents": [IncidentOut.example()],
    "maintenance": [MaintenanceOut.example()],
}


class CustomerOut(Shape):
    model_config = example(ref="boulangerie", name="Boulangerie du Port SARL")
    ref: str
    name: str


class PlanOut(Shape):
    """What is guaranteed: the time to intervene (GTI) and to restore (GTR), in seconds, and the availability in percent."""

    model_config = example(name="dedicated", urgent=True, gti_s=900, gtr_s=3600, availability="99.9")
    name: str
    urgent: bool
    gti_s: int
    gtr_s: int
    availability: str


class ServerOut(Shape):
    """`state` is `down` while an incident is open or a check is down, `maintenance` during a planned one, `up` when every check is.

    It is `unknown` when nothing is watched, or something was not looked at yet.
    """

    model_config = example(**_SERVER)
    name: str
    customer: CustomerOut
    plan: PlanOut
    addresses: list[str]
    services: list[str]
    state: Literal["up", "down", "unknown", "maintenance"]
    checks: list[CheckOut]
    incidents: list[IncidentOut]
    maintenance: list[MaintenanceOut]


class Servers(Shape):
    model_config = example(items=[_SERVER], next=None)
    items: list[ServerOut]
    next: str | None


class Membership(Shape):
    """The caller's rights at one customer. `servers` are those of a technical contact; null is every one."""

    model_config = example(
        ref="boulangerie",
        name="Boulangerie du Port SARL",
        rights=["owner", "urgent"],
        servers=None,
        monthly_cap_excl_vat=None,
        currency="EUR",
    )
    ref: str
    name: str
    rights: list[Literal["owner", "billing", "urgent", "technical"]]
    servers: list[str] | None
    monthly_cap_excl_vat: str | None
    currency: Literal["EUR"]


class TokenOut(Shape):
    model_config = example(name="deploy", scopes=["read", "tickets"], expires_at="2027-10-25T00:30:00Z")
    name: str
    scopes: list[str]
    expires_at: datetime


class Me(Shape):
    """Who the token is, with their roles among the staff and their rights as a customer."""

    model_config = example(
        email="jeanne@boulangerie.example",
        name="Jeanne Blanc",
        language="fr",
        roles=[],
        customers=[Membership.example()],
        token=TokenOut.example(),
    )
    email: str
    name: str
    language: str
    roles: list[str]
    customers: list[Membership]
    token: TokenOut


@dataclass(kw_only=True)
class Known:
    """What is known of one server."""

    incidents: list[Incident] = field(default_factory=list)
    maintenance: list[Maintenance] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    def state(self, *, at: datetime) -> str:
        """In one word, at this instant."""
        return rules.server_state(
            has_incident=bool(self.incidents),
            is_maintained=any(one.start <= at < one.end for one in self.maintenance),
            checks=[check.state for check in self.checks],
        )


def server_out(server: Server, *, known: Known, reader: Reader, at: datetime) -> ServerOut:
    """A server with what is known of it at this instant."""
    plan = server.plan
    return ServerOut.model_validate(
        {
            "name": server.name,
            "customer": CustomerOut(ref=server.customer.ref, name=server.customer.name),
            "plan": PlanOut(
                name=plan.name, urgent=plan.urgent, gti_s=plan.gti_s, gtr_s=plan.gtr_s, availability=plan.availability
            ),
            "addresses": [str(address) for address in server.addresses],
            "services": [service.type for service in server.services.all()],
            "state": known.state(at=at),
            "checks": [check_out(one) for one in known.checks],
            "incidents": [incident_out(one, reader=reader) for one in known.incidents],
            "maintenance": [maintenance_out(one, sees=reader.sees, at=at) for one in known.maintenance],
        }
    )


def membership_out(member: Member) -> Membership:
    """The rights of a person at a customer, as they act: an owner may open urgent tickets."""
    named = [server.name for server in member.technical_on.all()]
    everywhere = member.is_owner or member.technical_everywhere
    held: dict[Literal["owner", "billing", "urgent", "technical"], bool] = {
        "owner": member.is_owner,
        "billing": member.sees_bills,
        "urgent": member.may_spend,
        "technical": everywhere or bool(named),
    }
    cap = member.monthly_cap_cents
    return Membership(
        ref=member.customer.ref,
        name=member.customer.name,
        rights=[right for right, has in held.items() if has],
        servers=None if everywhere else named,
        monthly_cap_excl_vat=None if cap is None else amount(cap),
        currency="EUR",
    )


def me_out(user: User, *, token: ApiToken, members: Iterable[Member]) -> Me:
    """Who asks."""
    return Me(
        email=user.email,
        name=user.name,
        language=user.language,
        roles=sorted(user.roles),
        customers=[membership_out(member) for member in members],
        token=TokenOut(name=token.name, scopes=list(token.scopes), expires_at=token.expires_at),
    )
