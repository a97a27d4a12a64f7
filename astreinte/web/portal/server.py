"""One server of mine: what concerns it now, its services with their ninety days, its incidents; and one service, with its latency."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from astreinte.customers import queries as customers
from astreinte.customers.models import Server
from astreinte.monitoring import history, lists
from astreinte.monitoring import queries as monitoring
from astreinte.web import past_words
from astreinte.web.lists import neighbours
from astreinte.web.portal import known, watched
from astreinte.web.requests import PersonRequest

# Ninety days of so many services are drawn in the blink of an eye; a server with more has more pages.
SHOWN, INCIDENTS = 10, 50


class PageForm(forms.Form):
    """Which page of a long list."""

    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)


def _found(request: PersonRequest, name: str) -> Server:
    return get_object_or_404(customers.servers_of(request.user), name=name)


@require_safe
def server(request: PersonRequest, name: str) -> HttpResponse:
    """The whole of a server, as its customer may see it."""
    found = _found(request, name)
    form = PageForm(request.GET)
    form.is_valid()
    number = form.cleaned_data.get("page") or 1
    start = (number - 1) * SHOWN
    checks = list(lists.broken_first(found)[start : start + SHOWN + 1])
    context = {
        "server": found,
        "known": known.on([found], reader=request.user, at=request.at),
        "services": watched.with_past(checks[:SHOWN], at=request.at),
        "legend": past_words.legend(),
        "past": history.incidents_on([found], at=request.at)[found.pk][:INCIDENTS],
        **neighbours(request.path, {}, page=number, is_last=len(checks) <= SHOWN),
    }
    return render(request, "portal/server.html", context)


@require_safe
def service(request: PersonRequest, name: str, check_id: UUID) -> HttpResponse:
    """One service of it: ninety days, two days of latency, its incidents. No parameter of its check, nothing the service said."""
    found = _found(request, name)
    check = get_object_or_404(monitoring.checks_of([found]), public_id=check_id)
    context = {
        "server": found,
        "service": watched.with_past([check], at=request.at)[0],
        "legend": past_words.legend(),
        "plot": past_words.plot(history.latency(check, at=request.at), at=request.at),
        "past": history.incidents_about(check, limit=INCIDENTS),
    }
    return render(request, "portal/service.html", context)
