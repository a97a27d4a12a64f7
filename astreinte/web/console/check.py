"""One check: what is believed of it and since when, ninety days, its latency, its incidents, what its last looks saw."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from astreinte.monitoring import history, vantage, words
from astreinte.monitoring import queries as monitoring
from astreinte.web import past_words, watch_words
from astreinte.web.requests import PersonRequest

RESULTS, INCIDENTS = 50, 20


@require_safe
def check(request: PersonRequest, check_id: UUID) -> HttpResponse:
    """The whole of a check on one screen."""
    found = get_object_or_404(monitoring.checks_seen_by(request.user), public_id=check_id)
    context = {
        "check": found,
        "service": words.service(found),
        "trouble": watch_words.trouble(found),
        "incident": monitoring.open_of(found),
        "sights": vantage.seen_from(found),
        "disputed": vantage.disputed([found]),
        "bar": past_words.bar(history.days([found], at=request.at)[found.pk]),
        "legend": past_words.legend(),
        "plot": past_words.plot(history.latency(found, at=request.at), at=request.at),
        "incidents": history.incidents_about(found, limit=INCIDENTS),
        "results": history.last_results(found, limit=RESULTS),
        "in_order": _("In order"),
        "failed": _("Failed"),
    }
    return render(request, "console/check.html", context)
