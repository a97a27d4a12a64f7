"""The evidence of a case, as its customer may download it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from astreinte.web import evidence as shared
from astreinte.web.console.case import found
from astreinte.web.requests import PersonRequest


@require_safe
def evidence(request: PersonRequest, ref: str) -> HttpResponse:
    """Each pack with its receipt, each item in words."""
    return render(request, "console/evidence.html", shared.context(found(request, ref)))
