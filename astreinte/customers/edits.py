"""Plans, customers, their members and servers, brought to what the provider file says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from astreinte.accounts.models import User
from astreinte.core.changes import Change, changed, put, removed
from astreinte.customers.models import Customer, ManagedService, Member, Plan, Server

Service = tuple[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class ServerWish:
    """A server: the name of its plan, and its services as (type, parameters), in order."""

    name: str
    plan: str
    addresses: list[str]
    services: Sequence[Service]


@dataclass(frozen=True, kw_only=True)
class MemberWish:
    """A member: rights as fields of `Member`, and the names of the servers they are technical on."""

    email: str
    rights: Mapping[str, Any]
    servers: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class CustomerWish:
    """A customer: `fields` of its row; `first` are those that only a new one takes."""

    ref: str
    fields: Mapping[str, Any]
    members: Sequence[MemberWish]
    servers: Sequence[ServerWish]


def plans(wanted: Mapping[str, Mapping[str, Any]]) -> list[Change]:
    """These plans. Others are kept while a server, even a former one, has them: see `forget_plans`."""
    known = {plan.name: plan for plan in Plan.objects.all()}
    found: list[Change] = []
    for name, fields in wanted.items():
        found += put(known.get(name), Plan, f"plan {name}", fields=fields, first={"name": name})[1]
    return found


def forget_plans(*, but: Iterable[str]) -> list[Change]:
    """Remove the other plans, unless a server has them."""
    unused = Plan.objects.exclude(name__in=list(but)).exclude(pk__in=Server.objects.values("plan"))
    gone = sorted(unused.values_list("name", flat=True))
    unused.delete()
    return [removed(f"plan {name}") for name in gone]


def customers(wanted: Sequence[CustomerWish]) -> list[Change]:
    """These customers with their servers and members. Others, and their servers, become inactive and have no member."""
    known = {customer.ref: customer for customer in Customer.objects.order_by("ref")}
    found: list[Change] = []
    rows = {}
    for wish in wanted:
        fields = {**wish.fields, "is_active": True}
        what = f"customer {wish.ref}"
        rows[wish.ref], changes = put(known.get(wish.ref), Customer, what, fields=fields, first={"ref": wish.ref})
        found += changes
    found += _servers({wish.name: (rows[one.ref], wish) for one in wanted for wish in one.servers})
    found += _members({(one.ref, wish.email): (rows[one.ref], wish) for one in wanted for wish in one.members})
    leaving = [customer for ref, customer in known.items() if ref not in rows and customer.is_active]
    Customer.objects.filter(pk__in=[customer.pk for customer in leaving]).update(is_active=False)
    return [*found, *(removed(f"customer {customer.ref}") for customer in leaving)]


def _servers(wanted: Mapping[str, tuple[Customer, ServerWish]]) -> list[Change]:
    rows = Server.objects.select_related("customer", "plan").prefetch_related("services").order_by("name")
    known = {server.name: server for server in rows}
    plans_by_name = {plan.name: plan for plan in Plan.objects.all()}
    found: list[Change] = []
    for name, (customer, wish) in wanted.items():
        plan, what = plans_by_name[wish.plan], f"server {name}"
        fields = {"customer": customer, "plan": plan, "addresses": wish.addresses, "is_active": True}
        server, changes = put(known.get(name), Server, what, fields=fields, first={"name": name})
        found += [*changes, *_services(server, wish.services, is_new=name not in known)]
    leaving = [server for name, server in known.items() if name not in wanted and server.is_active]
    Server.objects.filter(pk__in=[server.pk for server in leaving]).update(is_active=False)
    return [*found, *(removed(f"server {server.name}") for server in leaving)]


def _services(server: Server, wanted: Sequence[Service], *, is_new: bool) -> list[Change]:
    """Rows are kept where the type at a place stays the same: what hangs on them stays too."""
    known = [] if is_new else list(server.services.all())
    before = [(one.type, one.parameters) for one in known]
    if before == list(wanted):
        return []
    by_place = {(one.position, one.type): one for one in known}
    kept = []
    for position, (kind, parameters) in enumerate(wanted):
        fields = {"server": server, "position": position, "type": kind, "parameters": parameters}
        kept.append(put(by_place.get((position, kind)), ManagedService, kind, fields=fields)[0].pk)
    ManagedService.objects.filter(server=server).exclude(pk__in=kept).delete()
    return [changed(f"server {server.name}: services", _said(before), _said(wanted))]


def _said(services: Iterable[Service]) -> list[str]:
    """Types only: a parameter may be a password."""
    return [kind for kind, _parameters in services]


def _members(wanted: Mapping[tuple[str, str], tuple[Customer, MemberWish]]) -> list[Change]:
    rows = Member.objects.select_related("user", "customer").prefetch_related("technical_on").order_by("pk")
    known = {(member.customer.ref, member.user.email): member for member in rows}
    emails = [email for _ref, email in wanted]
    users = {user.email: user for user in User.objects.filter(email__in=emails)}
    servers = {server.name: server for server in Server.objects.all()}
    found: list[Change] = []
    for key, (customer, wish) in wanted.items():
        what = f"member {wish.email} of {customer.ref}"
        first = {"customer": customer, "user": users[wish.email]}
        member, changes = put(known.get(key), Member, what, fields=wish.rights, first=first)
        on = [servers[name] for name in sorted(wish.servers)]
        found += [*changes, *_technical_on(member, on, what=what, is_new=key not in known)]
    leaving = {key: member for key, member in known.items() if key not in wanted}
    Member.objects.filter(pk__in=[member.pk for member in leaving.values()]).delete()
    return [*found, *(removed(f"member {email} of {ref}") for ref, email in leaving)]


def _technical_on(member: Member, servers: list[Server], *, what: str, is_new: bool) -> list[Change]:
    before = set() if is_new else {server.name for server in member.technical_on.all()}
    after = {server.name for server in servers}
    if before == after:
        return []
    member.technical_on.set(servers)
    return [changed(f"{what}: servers", before, after)]
