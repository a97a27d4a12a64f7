"""The second screen: server, sentence, price and text again, and the button that commits to them (Code civil, 1127-2)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from astreinte.core.refusals import Refusal
from astreinte.customers.models import Server
from astreinte.flows import open_ticket
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Symptom, Ticket
from astreinte.web.portal import known
from astreinte.web.portal.forms import AcceptanceForm
from astreinte.web.portal.found import own_ticket_or_404
from astreinte.web.portal.problem import asked_offer, draft, language, looked, offer_page, opening
from astreinte.web.portal.ticket import ticket_page
from astreinte.web.refusals import said
from astreinte.web.requests import PersonRequest

_SALT = "astreinte.shown"
# With these the offer is shown again, as it is now; with any other refusal the urgent ticket is not possible at all.
AGAIN = (open_ticket.OfferChanged, open_ticket.BoxNotTicked, open_ticket.ConsentRequired)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the second screen is about: a draft, or a standard ticket that becomes urgent."""

    server: Server
    symptom: str
    subject: str
    body: str
    back: str
    key: str = ""
    rehearsal: bool = False


def _screen(request: PersonRequest, asked: Asked, *, refusal: Refusal | None = None) -> HttpResponse | None:
    """The screen, with the offer of this instant; None when there is none for this person."""
    offer = asked_offer(request, asked.server, rehearsal=asked.rehearsal)
    if not offer.words:
        return None
    about = known.on([asked.server], reader=request.user, at=request.at)
    shown = signing.dumps({"at": request.at.isoformat(), "known": about.shown()}, salt=_SALT)
    context = {
        "asked": asked,
        "symptom": Symptom(asked.symptom).label,
        "rehearsal": asked.rehearsal,
        "offer": offer,
        "known": about,
        "free": about.is_covered(offer.policy.covered if offer.policy else ()),
        "vat_cents": offer.amount_incl_cents - offer.amount_excl_cents,
        "shown": shown,
        "refusal": said(refusal) if refusal else "",
    }
    return render(
        request, "portal/confirm.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK
    )


def _acceptance(request: PersonRequest) -> open_ticket.Acceptance | None:
    """What they accepted; None when the page does not say."""
    form = AcceptanceForm(request.POST)
    if not form.is_valid():
        return None
    said_ = form.cleaned_data
    return open_ticket.Acceptance(amount_excl_cents=said_["amount"], text_sha256=said_["text_sha256"], box=said_["box"])


def _given(request: PersonRequest) -> open_ticket.Given:
    """From where, and what was on their screen: what we signed, or nothing."""
    try:
        shown = signing.loads(request.POST.get("shown", ""), salt=_SALT)
    except signing.BadSignature:
        shown = {}
    return open_ticket.Given(
        channel="web",
        ip=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.headers.get("User-Agent", "")[:500],
        shown_at=datetime.fromisoformat(shown["at"]) if shown else None,
        known_shown=shown.get("known", []),
    )


def _pressed(
    request: PersonRequest, asked: Asked, do: Callable[[], Ticket], otherwise: Callable[[Refusal], HttpResponse]
) -> HttpResponse:
    try:
        return redirect("portal:ticket", do().ref)
    except AGAIN as refusal:
        return _screen(request, asked, refusal=refusal) or otherwise(refusal)
    except Refusal as refusal:
        return otherwise(refusal)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: PersonRequest, key: UUID) -> HttpResponse:
    """Open the urgent ticket of a draft. A second press of the button is the same ticket."""
    already = cases.opened_with(request.user, str(key))
    if already:
        return redirect("portal:ticket", already.ref)
    typed, server = draft(request, key)
    told = opening(typed, key)
    asked = Asked(
        server=server,
        symptom=told.symptom,
        subject=told.subject,
        body=told.body,
        back="offer",
        key=str(key),
        rehearsal=told.rehearsal,
    )
    if request.method != "POST":
        return _screen(request, asked) or redirect("portal:offer", key)

    def do() -> Ticket:
        return open_ticket.urgent(
            told,
            server=server,
            acceptance=_acceptance(request),
            given=_given(request),
            diagnosis=looked(request, typed),
            by=request.user,
            at=request.at,
        )

    return _pressed(request, asked, do, lambda refusal: offer_page(request, key, refusal=refusal))


@require_http_methods(["GET", "HEAD", "POST"])
def make_urgent(request: PersonRequest, ref: str) -> HttpResponse:
    """A standard ticket becomes urgent: the same screen, the same consent."""
    ticket = own_ticket_or_404(request, ref)
    asked = Asked(
        server=ticket.server, symptom=ticket.symptom, subject=ticket.subject, body=ticket.body, back=ticket.ref
    )
    if request.method != "POST":
        screen = None if ticket.is_urgent else _screen(request, asked)
        return screen or redirect("portal:ticket", ticket.ref)

    def do() -> Ticket:
        return open_ticket.make_urgent(
            ticket,
            language=language(),
            acceptance=_acceptance(request),
            given=_given(request),
            by=request.user,
            at=request.at,
        )

    def otherwise(refusal: Refusal) -> HttpResponse:
        if isinstance(refusal, open_ticket.AlreadyUrgent):  # the second press of the same button
            return redirect("portal:ticket", ticket.ref)
        return ticket_page(request, ticket, refusal=refusal)

    return _pressed(request, asked, do, otherwise)
