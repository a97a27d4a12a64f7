"""Something is wrong: what, on which server; what is already known of it; then the ways out, free ones included."""

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from astreinte.core.refusals import Refusal
from astreinte.customers import queries as customers
from astreinte.customers.models import Server
from astreinte.flows import open_ticket
from astreinte.tickets import queries as cases
from astreinte.tickets import rehearsals
from astreinte.tickets.models import Diagnosis, Symptom
from astreinte.web.portal import diagnosis, drafts, known
from astreinte.web.portal.forms import ProblemForm, spoken
from astreinte.web.refusals import said
from astreinte.web.requests import PersonRequest

# The last rehearsals of this person, under the first part of a new one.
SHOWN = 5


def language() -> str:
    """The language of this page: what is opened from it is in that language."""
    return (get_language() or "fr")[:2]


@require_safe
def rehearse(request: PersonRequest) -> HttpResponse:
    """The same first part, marked: nobody is called. What is asked is filled in; whatever may be typed in a real case may be here."""
    last = list(rehearsals.of_person(request.user)[:SHOWN])
    refusal = rehearsals.too_many(request.user, at=request.at)
    sentence = _("Rehearsal: our site does not answer")
    servers = [one.name for one in customers.servers_of(request.user)[:2]]
    first = servers[0] if len(servers) == 1 else ""
    typed = {"rehearsal": True, "symptom": Symptom.WEBSITE_DOWN, "subject": sentence, "server": first}
    form = ProblemForm(user=request.user, initial=typed)
    context = {
        "form": form,
        "key": uuid4(),
        "rehearsal": True,
        "rehearsed": last,
        "why_not": said(refusal) if refusal else "",
    }
    return render(request, "portal/problem.html", context)


def asked_offer(request: PersonRequest, server: Server, *, rehearsal: bool) -> cases.Offer:
    """What an urgent ticket on this server would cost this person now; in the words to rehearse, when it is a rehearsal."""
    ask = rehearsals.offer if rehearsal else cases.offer
    return ask(server=server, user=request.user, at=request.at, language=language())


@require_http_methods(["GET", "HEAD", "POST"])
def problem(request: PersonRequest) -> HttpResponse:
    """The first part. What is typed is kept under a key, and the answer is a page of its own."""
    if request.method != "POST":
        servers = customers.servers_of(request.user)
        only = servers[:2]
        chosen = request.GET.get("server", "").replace("\x00", "") or (only[0].name if len(only) == 1 else "")
        form = ProblemForm(user=request.user, initial={"server": chosen})
        about = known.on(servers.filter(name=chosen), reader=request.user, at=request.at)
        return render(request, "portal/problem.html", {"form": form, "key": uuid4(), "known": about})
    form, key = ProblemForm(request.POST, user=request.user), _key(request)
    if not form.is_valid():
        context = {"form": form, "key": key, "rehearsal": form["rehearsal"].value() == "True"}
        return render(request, "portal/problem.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    server = form.cleaned_data["server"]
    begun = diagnosis.begun(
        request,
        server,
        symptom=form.typed["symptom"],
        text=form.typed["subject"],
        looked=diagnosis.found(request, request.POST.get("looked", "")),
    )
    drafts.keep(request.session, key, {**form.typed, "server": server.name, "diagnosis": begun})
    return redirect("portal:offer", key)


def _key(request: PersonRequest) -> UUID:
    """The key of this page; a new one when it is not a key, or has already opened a ticket."""
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()
    return uuid4() if cases.opened_with(request.user, str(key)) else key


def draft(request: PersonRequest, key: UUID) -> tuple[dict[str, Any], Server]:
    """What was typed under this key, and its server. 404 when either is not this person's."""
    typed = drafts.find(request.session, key)
    server = customers.servers_of(request.user).filter(name=typed["server"]).first() if typed else None
    if typed is None or server is None:
        raise Http404
    return typed, server


def looked(request: PersonRequest, typed: dict[str, Any]) -> Diagnosis | None:
    """The diagnosis of what was typed, if there is one that is no case's yet."""
    found = diagnosis.found(request, typed.get("diagnosis", ""))
    return found if found and found.ticket_id is None and found.server.name == typed["server"] else None


def opening(typed: dict[str, Any], key: UUID) -> open_ticket.Opening:
    """What was typed, as the flow takes it."""
    return open_ticket.Opening(
        symptom=typed["symptom"],
        subject=typed["subject"],
        body=spoken(typed),
        language=language(),
        key=str(key),
        rehearsal=drafts.is_rehearsal(typed),
    )


@require_safe
def offer(request: PersonRequest, key: UUID) -> HttpResponse:
    """All three parts."""
    already = cases.opened_with(request.user, str(key))
    if already:
        return redirect("portal:ticket", already.ref)
    return offer_page(request, key)


def offer_page(request: PersonRequest, key: UUID, *, refusal: Refusal | None = None) -> HttpResponse:
    """The three parts, with a refusal on top when there was one: everything typed is still there."""
    typed, server = draft(request, key)
    about = known.on([server], reader=request.user, at=request.at)
    found = asked_offer(request, server, rehearsal=drafts.is_rehearsal(typed))
    context = {
        "form": ProblemForm(initial=typed, user=request.user),
        "key": key,
        "typed": typed,
        "server": server,
        "symptom": Symptom(typed["symptom"]).label,
        "known": about,
        "free": about.is_covered(found.policy.covered if found.policy else ()),
        "offer": found,
        "rehearsal": drafts.is_rehearsal(typed),
        "why_not": said(found.refusal) if found.refusal else "",
        "refusal": said(refusal) if refusal else "",
    }
    seen = looked(request, typed)
    context |= diagnosis.shown(request, seen) if seen else {}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK
    return render(request, "portal/problem.html", context, status=status)


@require_POST
def standard(request: PersonRequest, key: UUID) -> HttpResponse:
    """A standard ticket: free, the next working hours."""
    typed, server = draft(request, key)
    if drafts.is_rehearsal(typed):
        return redirect("portal:offer", key)
    try:
        ticket = open_ticket.standard(
            opening(typed, key), server=server, diagnosis=looked(request, typed), by=request.user, at=request.at
        )
    except Refusal as refusal:
        return offer_page(request, key, refusal=refusal)
    return redirect("portal:ticket", ticket.ref)
