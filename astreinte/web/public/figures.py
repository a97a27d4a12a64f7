"""The figures of the last year, for everybody, where the provider publishes them: nothing in which a few people would be recognised."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from astreinte.accounts import queries as accounts
from astreinte.tickets import figures
from astreinte.tickets.rules.figures import FEW, published
from astreinte.web import figures_words
from astreinte.web.requests import AnyRequest

KEPT = "public, max-age=300"


def are_published() -> bool:
    """Whether the provider's file says so (`status: {figures: on}`)."""
    provider = accounts.provider()
    written = (provider.settings.get("status") or {}) if provider else {}
    return bool(written.get("figures"))


@require_safe
def show(request: AnyRequest) -> HttpResponse:
    """The page; 404 unless it is published."""
    if not are_published():
        raise Http404
    start = request.at - figures.YEAR
    found = published(figures.of_period(start=start, end=request.at))
    context = {
        "start": start,
        "few": FEW,
        "figures": found,
        "forecasts": [(figures_words.outcome(key), share) for key, share in found.forecasts],
        "clauses": [(figures_words.clause(key), many) for key, many in found.clauses],
        "symptoms": [(figures_words.symptom(key), many) for key, many in found.symptoms],
    }
    response = render(request, "public/figures.html", context)
    response["Cache-Control"] = KEPT
    return response
