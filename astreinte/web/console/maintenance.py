"""Maintenance: what is in progress, to come and past; planned, changed and cancelled on the clocks of the provider."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from astreinte.accounts import queries as accounts
from astreinte.core import timeline
from astreinte.core.refusals import Refusal
from astreinte.customers import queries as customers
from astreinte.customers.models import Server
from astreinte.flows import maintain
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring.models import Maintenance
from astreinte.monitoring.rules import windows
from astreinte.monitoring.rules.windows import Wish
from astreinte.oncall.rules import zones
from astreinte.web import refusals, timeline_words
from astreinte.web.requests import PersonRequest

# How long what is over stays on the list.
PAST = timedelta(days=90)
SHOWN = 200


class Servers(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Servers to choose among, each with whose it is."""

    def label_from_instance(self, server: Server) -> str:
        return f"{server.name} · {server.customer.name}"


def typed_clock() -> forms.DateTimeInput:
    """Where an hour is typed."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class MaintenanceForm(forms.Form):
    """What is done, on which servers, from when until when on the clocks of the provider."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("What is done"), max_length=200, help_text=_("Those concerned read it."))
    servers = Servers(label=_("Servers"), queryset=None, widget=forms.SelectMultiple(attrs={"size": 8}))
    start = forms.DateTimeField(label=_("From"), widget=typed_clock())
    end = forms.DateTimeField(label=_("Until"), widget=typed_clock())

    def __init__(self, *args: Any, request: PersonRequest, of: Maintenance | None = None, **kwargs: Any) -> None:
        self.of, self.zone = of, accounts.zone()
        kwargs |= {"auto_id": "maintenance_%s", "initial": _initial(of, zone=self.zone)}
        super().__init__(*args, **kwargs)
        self.fields["servers"].queryset = customers.servers_of(request.user)  # type: ignore[attr-defined]
        self.fields["start"].disabled = of is not None and of.start <= request.at

    @property
    def wish(self) -> Wish:
        """What was typed, once it is valid. Hours that were not touched stay the instants they were, to the second."""
        said = self.cleaned_data
        start, end = wall(said["start"]), wall(said["end"])
        begins, ends = windows.instants(start, end, zone=self.zone)
        if self.of and start == _shown(self.of.start, zone=self.zone):
            begins = self.of.start
        if self.of and end == _shown(self.of.end, zone=self.zone):
            ends = self.of.end
        names = frozenset(server.name for server in said["servers"])
        return Wish(title=said["title"], servers=names, start=begins, end=ends)


class CancelForm(forms.Form):
    """Why it does not take place."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=settings.TEXT_MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Those who were told of the maintenance read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "cancel_%s"
        super().__init__(*args, **kwargs)


def wall(typed: datetime) -> datetime:
    """The hour that was typed, to the minute."""
    return typed.replace(tzinfo=None, second=0, microsecond=0)


def _shown(instant: datetime, *, zone: ZoneInfo) -> datetime:
    return zones.wall_at(instant, zone=zone).replace(second=0, microsecond=0)


def _initial(of: Maintenance | None, *, zone: ZoneInfo) -> dict[str, Any]:
    if of is None:
        return {"key": uuid4()}
    start, end = _shown(of.start, zone=zone), _shown(of.end, zone=zone)
    return {"key": of.public_id, "title": of.title, "servers": of.servers.all(), "start": start, "end": end}


@require_http_methods(["GET", "HEAD", "POST"])
def windows_list(request: PersonRequest) -> HttpResponse:
    """In progress, to come, over; and a form to plan one."""
    form = MaintenanceForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_bound and form.is_valid():
        try:
            made = maintain.plan(form.wish, key=form.cleaned_data["key"], by=request.user, at=request.at)
        except Refusal as refusal:
            form.add_error(None, refusals.said(refusal))
        else:
            return redirect(reverse("console:maintenance_one", args=[made.public_id]))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "console/maintenance.html", {**_listed(request), "form": form}, status=status)


def _listed(request: PersonRequest) -> dict[str, Any]:
    seen = monitoring.maintenance_seen_by(request.user).filter(end__gt=request.at - PAST).order_by("start")
    found = [(one.phase(at=request.at), one) for one in seen]
    over = [one for phase, one in found if phase in {"over", "cancelled"}]
    return {
        "now": [one for phase, one in found if phase == "in-progress"],
        "later": [one for phase, one in found if phase == "planned"],
        "over": over[::-1][:SHOWN],
        "zone": accounts.zone(),
    }


def _found(request: PersonRequest, maintenance_id: UUID) -> Maintenance:
    return get_object_or_404(monitoring.maintenance_seen_by(request.user), public_id=maintenance_id)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: PersonRequest, maintenance_id: UUID) -> HttpResponse:
    """One maintenance, with its history; changed while it is not over."""
    found = _found(request, maintenance_id)
    form = MaintenanceForm(request.POST if request.method == "POST" else None, request=request, of=found)
    if form.is_bound and form.is_valid():
        try:
            maintain.change(found, form.wish, by=request.user, at=request.at)
        except Refusal as refusal:
            form.add_error(None, refusals.said(refusal))
        else:
            return redirect(reverse("console:maintenance_one", args=[maintenance_id]))
    return _shown_one(request, found, form=form, cancel=CancelForm())


@require_POST
def cancel(request: PersonRequest, maintenance_id: UUID) -> HttpResponse:
    """It does not take place, or ends now; with the reason."""
    found, form = _found(request, maintenance_id), CancelForm(request.POST)
    if form.is_valid():
        try:
            maintain.cancel(found, reason=form.cleaned_data["reason"], by=request.user, at=request.at)
        except Refusal as refusal:
            form.add_error(None, refusals.said(refusal))
        else:
            return redirect(reverse("console:maintenance_one", args=[maintenance_id]))
    found = _found(request, maintenance_id)
    return _shown_one(request, found, form=MaintenanceForm(request=request, of=found), cancel=form)


def _shown_one(
    request: PersonRequest, found: Maintenance, *, form: MaintenanceForm, cancel: CancelForm
) -> HttpResponse:
    refused = form.is_bound or cancel.is_bound
    context = {
        "maintenance": found,
        "phase": found.phase(at=request.at),
        "form": form,
        "cancel": cancel,
        "zone": form.zone,
        "history": [timeline_words.said(line) for line in timeline.of(found.story).reverse()],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "console/maintenance_one.html", context, status=status)
