"""The list of cases: filtered, searched, read page by page."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from astreinte.tickets import lists
from astreinte.tickets import queries as tickets
from astreinte.web.console.forms import FilterForm
from astreinte.web.requests import PersonRequest

KEPT = ("q", "state", "mode", "customer", "server", "mine")


@require_safe
def cases(request: PersonRequest) -> HttpResponse:
    """The cases, newest first. The number of one leads to it; a filter that means nothing is left out."""
    form = FilterForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    exact = tickets.by_ref(tickets.seen_by(request.user), asked.get("q", "")) if asked.get("q") else None
    if exact:
        return redirect("console:case", exact.ref)
    found = lists.page(request.user, _wanted(asked))
    filters = {name: asked[name] for name in KEPT if asked.get(name)}
    context = {
        "form": form,
        "found": found,
        "filters": filters,
        "newer_url": _address(filters, after=found.newer),
        "older_url": _address(filters, before=found.older),
        "without_customer": _address({**filters, "customer": ""}),
        "without_server": _address({**filters, "server": ""}),
    }
    return render(request, "console/cases.html", context)


def _wanted(asked: dict[str, object]) -> lists.Wanted:
    given = {name: asked[name] for name in (*KEPT[1:], "before", "after") if asked.get(name) not in {None, ""}}
    return lists.Wanted(text=str(asked.get("q", "")).strip(), **given)  # type: ignore[arg-type]  # cleaned by the form


def _address(filters: dict[str, object], **key: int | None) -> str:
    if key and not any(key.values()):
        return ""
    words = {name: "1" if value is True else value for name, value in {**filters, **key}.items() if value}
    return f"{reverse('console:cases')}?{urlencode(words)}"
