"""The clerk's screen: charges to issue, invoices and credit notes, the journal. Nothing technical is shown here."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from astreinte.billing import desk
from astreinte.billing import queries as billing
from astreinte.core.refusals import Refusal
from astreinte.flows import settle_bills
from astreinte.web import csv_files, refusals
from astreinte.web.requests import PersonRequest


class PageForm(forms.Form):
    """Which page of the documents: nothing else of the address is read."""

    before = forms.IntegerField(required=False, min_value=0, max_value=2**53)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**53)


@require_safe
def bills(request: PersonRequest) -> HttpResponse:
    """Everything about money on one screen."""
    return _shown(request)


def _shown(request: PersonRequest, *, refusal: str = "") -> HttpResponse:
    form = PageForm(request.GET)
    form.is_valid()
    documents = desk.page(request.user, before=form.cleaned_data.get("before"), after=form.cleaned_data.get("after"))
    context = {
        "charges": [(charge, _(charge.problem) if charge.problem else "") for charge in desk.waiting(request.user)],
        "documents": documents,
        "newer_url": f"?after={documents.newer}#documents" if documents.newer else "",
        "older_url": f"?before={documents.older}#documents" if documents.older else "",
        "refusal": refusal,
    }
    return render(request, "console/bills.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if refusal else None)


@require_POST
def try_again(request: PersonRequest, charge_id: int) -> HttpResponse:
    """The reason was mended: issue this charge now."""
    charge = get_object_or_404(desk.waiting(request.user), pk=charge_id)
    try:
        invoice = settle_bills.try_again(charge, at=request.at)
    except Refusal as refusal:
        return _shown(request, refusal=refusals.said(refusal))
    issued = _("Invoice %(number)s was issued.") % {"number": invoice.number} if invoice else ""
    messages.success(request, issued or _("The letter leaves again: the invoice follows once it has left."))
    return redirect("console:bills")


@require_POST
def paid(request: PersonRequest, public_id: str) -> HttpResponse:
    """The money came."""
    invoice = get_object_or_404(billing.seen_by(request.user), public_id=public_id)
    try:
        settle_bills.paid(invoice, by=request.user, at=request.at)
    except Refusal as refusal:
        return _shown(request, refusal=refusals.said(refusal))
    messages.success(request, _("Invoice %(number)s is marked as paid.") % {"number": invoice.number})
    return redirect("console:bills")


@require_safe
def journal(request: PersonRequest) -> StreamingHttpResponse:
    """Every issued document, one a line, for the provider's own accounts. A second export changes nothing."""
    return csv_files.table("journal.csv", head=desk.JOURNAL, rows=desk.journal(request.user))
