"""An incident of ours that was found out later: what, where, from when until when."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from astreinte.accounts import queries as accounts
from astreinte.core.refusals import Refusal
from astreinte.customers import queries as customers
from astreinte.flows import declare_incident
from astreinte.flows.suspect import CLAUSES
from astreinte.monitoring.models import Incident
from astreinte.monitoring.rules import windows
from astreinte.tickets.rules.offer import clause_words
from astreinte.web import refusals
from astreinte.web.console.maintenance import Servers, typed_clock, wall
from astreinte.web.requests import PersonRequest


class PastForm(forms.Form):
    """What was wrong, under which clause, on which servers, from when until when on the clocks of the provider."""

    title = forms.CharField(
        label=gettext_lazy("What was wrong"), max_length=200, help_text=gettext_lazy("Customers read it.")
    )
    clause = forms.ChoiceField(label=gettext_lazy("Clause"))
    servers = Servers(label=gettext_lazy("Servers"), queryset=None, widget=forms.SelectMultiple(attrs={"size": 8}))
    start = forms.DateTimeField(label=gettext_lazy("From"), widget=typed_clock())
    end = forms.DateTimeField(label=gettext_lazy("Until"), widget=typed_clock())

    def __init__(self, *args: Any, request: PersonRequest, **kwargs: Any) -> None:
        kwargs["auto_id"] = "past_%s"
        super().__init__(*args, **kwargs)
        language = (get_language() or "fr")[:2]
        choices = [(slug, clause_words(slug, language=language).capitalize()) for slug in CLAUSES]
        self.fields["clause"].choices = choices  # type: ignore[attr-defined]
        self.fields["servers"].queryset = customers.servers_of(request.user)  # type: ignore[attr-defined]

    @property
    def past(self) -> declare_incident.Past:
        """What was typed, once it is valid."""
        said = self.cleaned_data
        began, over = windows.instants(wall(said["start"]), wall(said["end"]), zone=accounts.zone())
        return declare_incident.Past(title=said["title"], clause=said["clause"], began_at=began, over_at=over)


@require_http_methods(["GET", "HEAD", "POST"])
def past(request: PersonRequest) -> HttpResponse:
    """The form, and what becomes of it."""
    form = PastForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            found = _declared(form, request=request, at=request.at)
        except Refusal as refusal:
            form.add_error(None, refusals.said(refusal))
        else:
            said = _(
                "It is written down. Verdicts that bill and that it covers are flagged for review within a minute."
            )
            messages.success(request, said)
            return redirect("console:incident", found.public_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "console/declare.html", {"form": form, "zone": accounts.zone().key}, status=status)


def _declared(form: PastForm, *, request: PersonRequest, at: datetime) -> Incident:
    return declare_incident.past(form.past, servers=list(form.cleaned_data["servers"]), by=request.user, at=at)
