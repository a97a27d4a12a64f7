"""Everything that is watched, server by server, the worst first; each can be looked at now."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from astreinte.monitoring import edits, lists, words
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring.models import Check
from astreinte.web import watch_words
from astreinte.web.lists import address, neighbours
from astreinte.web.requests import PersonRequest

# A screen of a thousand rows is a second of work and nobody reads it.
SHOWN = 20
KEPT = ("q", "down")


class FilterForm(forms.Form):
    """What the list may be filtered by: nothing else of the address is read."""

    q = forms.CharField(label=gettext_lazy("Server"), required=False, max_length=253)
    down = forms.BooleanField(label=gettext_lazy("Down only"), required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "filter_%s"
        super().__init__(*args, **kwargs)


@require_safe
def checks(request: PersonRequest) -> HttpResponse:
    """The checks this person sees, filtered, twenty at a time."""
    form = FilterForm(request.GET)
    form.is_valid()
    asked, number = form.cleaned_data, form.cleaned_data.get("page") or 1
    seen = monitoring.checks_seen_by(request.user)
    start = (number - 1) * SHOWN
    rows = list(lists.worst_first(_filtered(seen, asked))[start : start + SHOWN + 1])
    context = {
        "form": form,
        "groups": _groups(rows[:SHOWN]),
        "tally": lists.tally(seen),
        "asked": {**{name: asked[name] for name in KEPT if asked.get(name)}, "page": number},
        **neighbours(request.path, _kept(asked), page=number, is_last=len(rows) <= SHOWN),
    }
    return render(request, "console/checks.html", context)


@require_POST
def look(request: PersonRequest, check_id: UUID) -> HttpResponse:
    """Look now; back to the same list, or to the page of the check."""
    check = get_object_or_404(monitoring.checks_seen_by(request.user), public_id=check_id)
    edits.look_now(check, at=request.at)
    named = {"service": words.service(check), "server": check.server.name}
    messages.success(request, _("%(service)s on %(server)s is looked at in a moment.") % named)
    if request.POST.get("back") == "check":
        return redirect("console:check", check.public_id)
    form = FilterForm(request.POST)
    form.is_valid()
    asked = form.cleaned_data
    return redirect(address(reverse("console:checks"), _kept(asked), page=asked.get("page") or 1))


def _filtered(seen: QuerySet[Check], asked: dict[str, Any]) -> QuerySet[Check]:
    if asked.get("q"):
        seen = seen.filter(server__name__icontains=asked["q"])
    return seen.filter(state="down") if asked.get("down") else seen


def _groups(rows: list[Check]) -> list[dict[str, Any]]:
    """Neighbours of one server are one group."""
    return [
        {"server": server, "checks": [_row(check) for check in found]}
        for server, found in groupby(rows, key=lambda check: check.server)
    ]


def _row(check: Check) -> dict[str, Any]:
    return {"check": check, "service": words.service(check), "trouble": watch_words.trouble(check)}


def _kept(asked: dict[str, Any]) -> dict[str, str]:
    return {"q": asked.get("q") or "", "down": "on" if asked.get("down") else ""}
