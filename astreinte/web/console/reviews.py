"""The verdict, what is contested, what more is known since: one person decides, another one reviews."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from astreinte.flows import contest, review_verdicts
from astreinte.flows import give_verdict as verdicts
from astreinte.tickets import proposals
from astreinte.tickets import queries as cases
from astreinte.tickets import reviews as flagged
from astreinte.tickets.models import Ticket
from astreinte.web.console import forms
from astreinte.web.console.case import act, found
from astreinte.web.requests import PersonRequest


@require_safe
def reviews(request: PersonRequest) -> HttpResponse:
    """What waits for a manager: verdicts against the advice, or that an incident covers since; disputes; cases without a verdict."""
    context = {
        "proposed": proposals.waiting(),
        "flagged": flagged.waiting(),
        "disputes": cases.open_disputes(),
        "awaiting": cases.awaiting_verdict(),
    }
    return render(request, "console/reviews.html", context)


@require_POST
def give_verdict(request: PersonRequest, ref: str) -> HttpResponse:
    """One clause, one justification, the evidence it rests on."""

    def do(ticket: Ticket, said: dict[str, Any]) -> object:
        return verdicts.give(
            ticket,
            clause=said["clause"],
            justification=said["justification"],
            evidence=list(said["evidence"]),
            by=request.user,
            at=request.at,
        )

    form = forms.VerdictForm(request.POST, ticket=found(request, ref))
    return act(request, ref, name="verdict", form=form, do=do)


@require_POST
def decide(request: PersonRequest, ref: str) -> HttpResponse:
    """The answer to a dispute, by somebody who did not give the verdict."""

    def do(ticket: Ticket, said: dict[str, Any]) -> object:
        upheld = said["decision"] == "upheld"
        return contest.decide(ticket, upheld=upheld, answer=said["answer"], by=request.user, at=request.at)

    return act(request, ref, name="decide", form=forms.DecideForm(request.POST), do=do)


@require_POST
def decide_review(request: PersonRequest, ref: str) -> HttpResponse:
    """What an incident known since changes to the verdict."""

    def do(ticket: Ticket, said: dict[str, Any]) -> object:
        covered = said["decision"] == "covered"
        return review_verdicts.decide(ticket, covered=covered, answer=said["answer"], by=request.user, at=request.at)

    return act(request, ref, name="review", form=forms.ReviewForm(request.POST), do=do)
