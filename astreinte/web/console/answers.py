"""What an engineer does with a case: take it, pass it on, talk, resolve, reopen. One flow each."""

from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from astreinte.accounts.models import User
from astreinte.flows import acknowledge, add_people, converse
from astreinte.flows import hand_over as handing
from astreinte.flows import resolve as resolving
from astreinte.tickets import files
from astreinte.tickets.models import Ticket
from astreinte.web.console import forms
from astreinte.web.console.case import act
from astreinte.web.requests import PersonRequest

VIA = "console"


@require_POST
def take(request: PersonRequest, ref: str) -> HttpResponse:
    """I take it, and I start in so many minutes."""
    form = forms.TakeForm(request.POST)

    def do(ticket: Ticket, _said: dict[str, Any]) -> object:
        return acknowledge.ticket(ticket, person=request.user, via=VIA, eta=form.eta, at=request.at)

    return act(request, ref, name="take", form=form, do=do)


@require_POST
def not_me(request: PersonRequest, ref: str) -> HttpResponse:
    """Not me: the next person rings now."""

    def do(ticket: Ticket, _said: dict[str, Any]) -> object:
        if ticket.page is None:
            raise acknowledge.NoLongerRings
        return acknowledge.decline(ticket.page, person=request.user, via=VIA, at=request.at)

    return act(request, ref, name="take", form=forms.TakeForm(request.POST), do=do)


@require_POST
def hand_over(request: PersonRequest, ref: str) -> HttpResponse:
    """To a colleague, or back to the escalation."""

    def do(ticket: Ticket, said: dict[str, Any]) -> object:
        to: User | None = said["to"]
        return handing.ticket(ticket, to=to, by=request.user, at=request.at)

    return act(request, ref, name="hand_over", form=forms.HandOverForm(request.POST, by=request.user), do=do)


@require_POST
def add(request: PersonRequest, ref: str) -> HttpResponse:
    """One more colleague is called, now."""

    def do(ticket: Ticket, said: dict[str, Any]) -> object:
        return add_people.ticket(ticket, person=said["person"], by=request.user, at=request.at)

    return act(request, ref, name="add", form=forms.AddForm(request.POST, by=request.user), do=do)


@require_POST
def say(request: PersonRequest, ref: str) -> HttpResponse:
    """To the customer, or among us."""

    def do(ticket: Ticket, said: dict[str, Any]) -> object:
        checked = [(files.check(one.name or "", one), one) for one in said["uploads"]]
        with files.kept(checked) as uploads:
            internal = said["audience"] == "internal"
            return converse.say(
                ticket, body=said["body"], internal=internal, uploads=uploads, by=request.user, at=request.at
            )

    return act(request, ref, name="say", form=forms.SayForm(request.POST, request.FILES), do=do)


@require_POST
def resolve(request: PersonRequest, ref: str) -> HttpResponse:
    """It is over."""

    def do(ticket: Ticket, said: dict[str, Any]) -> object:
        return resolving.ticket(ticket, summary=said["summary"], by=request.user, at=request.at)

    return act(request, ref, name="resolve", form=forms.ResolveForm(request.POST), do=do)


@require_POST
def reopen(request: PersonRequest, ref: str) -> HttpResponse:
    """It was not."""

    def do(ticket: Ticket, _said: dict[str, Any]) -> object:
        return resolving.reopen(ticket, by=request.user, at=request.at)

    return act(request, ref, name="resolve", form=Form(request.POST), do=do)
