"""Who is on call: now, the next four weeks, where nobody is, and who replaces whom."""

from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from astreinte.core.refusals import Refusal
from astreinte.oncall import calendar, edits
from astreinte.oncall import queries as oncall
from astreinte.web import refusals
from astreinte.web.console.forms import ReplacementForm
from astreinte.web.requests import PersonRequest

WEEKS = 4


@require_safe
def rotas(request: PersonRequest) -> HttpResponse:
    """The plannings, one after the other."""
    return _shown(request, {})


def _form(planning: calendar.Planning, data: object = None) -> ReplacementForm:
    return ReplacementForm(data, rota=planning.rota.name, zone=planning.zone, layers=planning.layers)


def _shown(request: PersonRequest, given: dict[str, ReplacementForm]) -> HttpResponse:
    now = oncall.everywhere(at=request.at)
    plannings = [
        {
            "planning": planning,
            "now": [one for one in now if one.rota == planning.rota.name],
            "form": given.get(planning.rota.name) or _form(planning),
        }
        for planning in calendar.plannings(at=request.at, weeks=WEEKS)
    ]
    context = {"plannings": plannings, "manages": request.user.has_role("manager")}
    return render(
        request, "console/rotas.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if given else HTTPStatus.OK
    )


@require_POST
def replace(request: PersonRequest, name: str) -> HttpResponse:
    """Somebody replaces whoever the rota says. One that would change nothing is refused, with the reason."""
    planning = next((one for one in calendar.plannings(at=request.at, weeks=1) if one.rota.name == name), None)
    if planning is None:
        raise Http404
    form = _form(planning, request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            edits.add_override(planning.rota, **said, by=request.user.actor, at=request.at)
        except Refusal as refusal:
            form.add_error(None, refusals.said(refusal))
        else:
            return redirect(f"{reverse('console:rotas')}#{name}")
    return _shown(request, {name: form})
