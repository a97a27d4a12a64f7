"""The evidence of a ticket: to read, to download, to check without us."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from astreinte.tickets import packs
from astreinte.web import evidence as shared
from astreinte.web.portal.bills import document
from astreinte.web.portal.found import ticket_or_404
from astreinte.web.requests import PersonRequest


@require_safe
def evidence(request: PersonRequest, ref: str) -> HttpResponse:
    """Each pack with its receipt, each item in words."""
    return render(request, "portal/evidence.html", shared.context(ticket_or_404(request, ref)))


@require_safe
def evidence_file(request: PersonRequest, ref: str) -> HttpResponse:
    """All the packs, as verify.py reads them."""
    ticket = ticket_or_404(request, ref)
    return document(packs.file(ticket), name=shared.file_name(ticket), content_type="application/json")
