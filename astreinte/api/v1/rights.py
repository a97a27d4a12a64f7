"""Who may call what, once they see it: a verb for others is 403, what they may not see is 404."""

from http import HTTPStatus

from django.http import Http404

from astreinte.accounts.models import User
from astreinte.api.v1.door import ApiRequest
from astreinte.core.refusals import Refusal
from astreinte.customers import queries as customers
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Ticket


class EngineersOnly(Refusal):
    """This is for the engineers of the provider."""

    slug = "not-engineer"
    status = HTTPStatus.FORBIDDEN


class ManagersOnly(Refusal):
    """This is for the support managers of the provider."""

    slug = "not-manager"
    status = HTTPStatus.FORBIDDEN


class CustomersOnly(Refusal):
    """This is for the customer: somebody of %(customer)s must do it."""

    slug = "not-customer"
    status = HTTPStatus.FORBIDDEN


def staff(request: ApiRequest) -> User:
    """The caller, of the staff; for anybody else there is nothing here."""
    if not request.person.is_staff_member:
        raise Http404
    return request.person


def engineer(request: ApiRequest) -> User:
    """The caller, an engineer or a support manager."""
    if not request.person.has_role("engineer", "manager"):
        raise EngineersOnly
    return request.person


def manager(request: ApiRequest) -> User:
    """The caller, a support manager."""
    if not request.person.has_role("manager"):
        raise ManagersOnly
    return request.person


def support_manager(request: ApiRequest) -> User:
    """The caller, a support manager; for customers there is nothing here, as on the screen."""
    staff(request)
    return manager(request)


def member_of(request: ApiRequest, ticket: Ticket) -> User:
    """The caller, a member of the ticket's customer."""
    if customers.member(user=request.person, customer=ticket.customer) is None:
        raise CustomersOnly(customer=ticket.customer.name)
    return request.person


def ticket_seen(request: ApiRequest, ref: str) -> Ticket:
    """The ticket the caller names, if they may see it."""
    ticket = cases.by_ref(cases.seen_by(request.person), ref)
    if ticket is None:
        raise Http404
    return ticket
