"""The start: everybody goes where they have something to do."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from astreinte.web.requests import PersonRequest


@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """The night, the bills, the health of the desk; or one's own servers."""
    user = request.user
    starts = (
        ("console:tonight", ("engineer", "manager")),
        ("console:bills", ("billing",)),
        ("console:health", ("admin",)),
    )
    return redirect(next((route for route, roles in starts if user.has_role(*roles)), "portal:servers"))
