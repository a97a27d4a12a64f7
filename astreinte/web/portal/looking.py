"""The diagnosis begins when the server is chosen, and fills while the rest is typed. Only with the script; it blocks nothing."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from astreinte.customers import queries as customers
from astreinte.tickets.models import Symptom
from astreinte.web import live
from astreinte.web.portal import diagnosis, known
from astreinte.web.requests import PersonRequest

# What is complained of is not said yet: whatever is wrong with the server counts.
NOT_SAID_YET = Symptom.OTHER.value


def _symptom(said: str) -> str:
    return said if said in Symptom.values else NOT_SAID_YET


@require_POST
def look(request: PersonRequest) -> HttpResponse:
    """A server is chosen: look at it, unless this person asks too often. What is known of it comes with the answer."""
    name = request.POST.get("server", "").replace("\x00", "")
    server = customers.servers_of(request.user).filter(name=name).first()
    if server is None:
        raise Http404
    symptom = _symptom(request.POST.get("symptom", ""))
    begun = diagnosis.found(request, diagnosis.begun(request, server, symptom=NOT_SAID_YET, text=""))
    context = {"server": server, "known": known.on([server], reader=request.user, at=request.at)}
    if begun:
        where = reverse("portal:looking", args=[begun.public_id])
        context |= {"where": f"{where}?{urlencode({'symptom': symptom})}"}
        context |= diagnosis.shown(request, begun, symptom=symptom)
    return render(request, "portal/_looking.html", context)


@require_safe
def looking(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Again, while it looks, and for what is complained of by now."""
    begun = diagnosis.found(request, str(public_id))
    if begun is None or begun.started_by_id != request.user.pk:
        raise Http404
    context = diagnosis.shown(request, begun, symptom=_symptom(request.GET.get("symptom", "")))
    return live.answer(
        request,
        seen=context["seen"],
        every=context["every"],
        pieces=lambda: render_to_string(diagnosis.PIECES, context, request),
    )
