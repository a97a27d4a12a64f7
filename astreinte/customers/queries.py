"""Questions about customers: who may see and do what, on which servers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from astreinte.accounts.models import User
from astreinte.core.configuration import remembered
from astreinte.customers.models import Customer, Member, Server


def memberships(user: User) -> QuerySet[Member]:
    """The customers this person belongs to, with their rights there."""
    return (
        Member.objects.filter(user=user, customer__is_active=True).select_related("customer").order_by("customer__name")
    )


def customers_of(user: User) -> QuerySet[Customer]:
    """The customers this person belongs to; all of them for the staff."""
    if user.is_staff_member:
        return Customer.objects.all()
    return Customer.objects.filter(is_active=True, members__user=user)


def servers_of(user: User) -> QuerySet[Server]:
    """The servers this person may see: all of an owner's, a technical contact's own; every one for those who handle cases."""
    servers = (
        Server.objects.filter(is_active=True, customer__is_active=True)
        .select_related("customer", "plan")
        .order_by("name")
    )
    if user.handles_cases or user.has_role("admin"):
        return servers
    return servers.filter(reached_by(user, customer="customer", server="pk"))


def in_service() -> QuerySet[Server]:
    """Every server that is served: for what anybody may ask, which tells nothing of whose it is."""
    served = Server.objects.filter(is_active=True, customer__is_active=True)
    return served.select_related("customer", "plan").order_by("name")


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What a person may see, in keys: all of some customers, and of all their customers the servers that are named to them."""

    all_of: frozenset[int]
    customers: frozenset[int]
    servers: frozenset[int]


@remembered
def reach(user: User) -> Reach:
    """How far this person sees. Rights are read once: every question about what is theirs begins here."""
    members = list(Member.objects.filter(user=user, customer__is_active=True))
    named = Member.technical_on.through.objects.filter(member__in=members) if members else ()
    return Reach(
        all_of=frozenset(one.customer_id for one in members if one.is_owner or one.technical_everywhere),
        customers=frozenset(one.customer_id for one in members),
        servers=frozenset(one.server_id for one in named),
    )


def reached_by(user: User, *, customer: str, server: str) -> Q:
    """Rows of what this person may see, in a table that names a customer and a server: both must be theirs.

    A server that changes hands takes nothing of its old customer along, and its old contacts do not follow it.
    """
    theirs = reach(user)
    at_theirs = Q(**{f"{customer}__in": theirs.customers, f"{server}__in": theirs.servers})
    return Q(**{f"{customer}__in": theirs.all_of}) | at_theirs


def billed_customers(user: User) -> QuerySet[Customer]:
    """The customers whose bills this person may see."""
    if user.has_role("billing", "manager"):
        return Customer.objects.all()
    seeing = Member.objects.filter(user=user).filter(Q(is_owner=True) | Q(is_billing=True))
    return Customer.objects.filter(is_active=True, pk__in=seeing.values("customer"))


@remembered
def server_of(user: User, *, name: str) -> Server | None:
    """The server of this name, if this person may see it."""
    return servers_of(user).filter(name=name).first()


@remembered
def billed_to(user: User) -> frozenset[int]:
    """The keys of the customers whose bills this person may see."""
    return frozenset(billed_customers(user).values_list("pk", flat=True))


@remembered
def member(*, user: User, customer: Customer) -> Member | None:
    """This person's membership of this customer."""
    return Member.objects.filter(user=user, customer=customer).first()


@remembered
def who_spend(user: User) -> frozenset[int]:
    """The keys of the customers for whom this person may open urgent tickets."""
    return frozenset(one.customer_id for one in Member.objects.filter(user=user) if one.may_spend)


@remembered
def concerned_by(server: Server, *, customer: Customer) -> list[User]:
    """Whom the desk writes to at this customer about this server: the owners and the server's technical contacts."""
    members = Member.objects.filter(customer=customer)
    told = members.filter(Q(is_owner=True) | Q(technical_everywhere=True) | Q(technical_on=server))
    return list(User.objects.filter(is_active=True, pk__in=told.values("user")).order_by("pk"))


def named(names: Iterable[str]) -> list[Server]:
    """The servers of these names that are still there."""
    return list(Server.objects.filter(name__in=list(names), is_active=True, customer__is_active=True).order_by("name"))


def responsible_for(servers: Iterable[Server]) -> list[tuple[User, list[Server]]]:
    """Everybody whom the desk writes to about any of these servers, each once, with theirs among them; asked at once.

    The owners, and the technical contacts.
    """
    of = defaultdict(list)
    for server in servers:
        of[server.customer_id].append(server)
    members = Member.objects.filter(customer__in=of, customer__is_active=True, user__is_active=True)
    named = defaultdict(set)
    for member_id, server_id in Member.technical_on.through.objects.filter(member__in=members).values_list(
        "member", "server"
    ):
        named[member_id].add(server_id)
    found: dict[User, list[Server]] = defaultdict(list)
    for member in members.select_related("user").order_by("user"):
        everywhere = member.is_owner or member.technical_everywhere
        theirs = [one for one in of[member.customer_id] if everywhere or one.pk in named[member.pk]]
        if theirs:
            found[member.user] += theirs
    return list(found.items())


@remembered
def billing_contacts(customer: Customer) -> list[User]:
    """Whom the desk writes to about money: the owners and those with the billing right."""
    told = Member.objects.filter(customer=customer).filter(Q(is_owner=True) | Q(is_billing=True))
    return list(User.objects.filter(is_active=True, pk__in=told.values("user")).order_by("pk"))
