"""An incident is followed by e-mail, or no more: one click each, free, with nothing to accept."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from astreinte.flows import follow_incident
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring.models import Incident
from astreinte.web.requests import PersonRequest


def _found(request: PersonRequest, public_id: UUID) -> Incident:
    return get_object_or_404(monitoring.seen_by(request.user), public_id=public_id)


def _back(request: PersonRequest, incident: Incident) -> HttpResponse:
    """To the page where it was pressed; never to another site."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect(reverse("portal:incident", args=[incident.public_id]))


@require_POST
def follow(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Follow this incident. One that ended meanwhile has its page, which says so."""
    found = _found(request, public_id)
    try:
        follow_incident.follow(found, person=request.user, at=request.at)
    except follow_incident.AlreadyOver:
        return redirect(reverse("portal:incident", args=[found.public_id]))
    return _back(request, found)


@require_POST
def unfollow(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Follow it no more."""
    found = _found(request, public_id)
    follow_incident.unfollow(found, person=request.user, at=request.at)
    return _back(request, found)
