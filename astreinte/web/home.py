"""The start: everybody goes where they have something to do."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from astreinte.web.requests import PersonRequest


@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """The staff's night, or one's own servers."""
    return redirect("console:tonight" if request.user.is_staff_member else "portal:servers")
