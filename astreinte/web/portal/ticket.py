"""The ticket: the tracker and the clocks, the conversation, and beside them what was accepted, seen, decided and billed."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from astreinte.billing import queries as billing
from astreinte.core.models import TimelineEntry
from astreinte.core.refusals import Refusal
from astreinte.customers import queries as customers
from astreinte.flows import cancel as cancelling
from astreinte.flows import contest as disputes
from astreinte.flows import rehearse, resolve
from astreinte.tickets import letters, packs, papers, rehearsals, reviews, sight, tracking
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Ticket
from astreinte.tickets.rules import offer as wording
from astreinte.tickets.rules.tracker import tracker
from astreinte.web import live as looking
from astreinte.web import timeline_words, tracker_words
from astreinte.web.lists import page_of
from astreinte.web.portal import thread
from astreinte.web.portal.found import own_ticket_or_404, ticket_or_404
from astreinte.web.portal.problem import language
from astreinte.web.refusals import said
from astreinte.web.requests import PersonRequest

ONGOING = {"open", "acknowledged"}


@require_safe
def tickets(request: PersonRequest) -> HttpResponse:
    """Every ticket of my servers, the newest first; rehearsals are on their own page."""
    return render(request, "portal/tickets.html", {"page": page_of(sight.real_seen_by(request.user), request)})


def _rhythm(request: PersonRequest, ticket: Ticket) -> int:
    return looking.rhythm(
        ringing=ticket.page is not None and ticket.page.state == "triggered",
        over=ticket.state in {"closed", "cancelled"},
        taken_at=ticket.acknowledged_at if ticket.state == "acknowledged" else None,
        at=request.at,
    )


def _tracking(request: PersonRequest, ticket: Ticket, lines: list[TimelineEntry]) -> dict[str, Any]:
    """The ladder in words, and the two clocks, of an urgent ticket."""
    call = cases.call_of(ticket)
    if call is None:
        return {}
    ringing = call.state == "triggered"
    told = [line for line in lines if line.story in {ticket.story, call.story}]
    ladder = tracker(told, next_at=call.escalates_at if ringing else None)
    words = tracker_words.reader(at=request.at)
    return {
        "rings": tracker_words.rings(ladder, words),
        "earlier": ladder.earlier,
        "headline": tracker_words.headline(ladder, words),
        "ringing": ringing,
        "gti": cases.gti(ticket) if ticket.state != "cancelled" else None,
        "gtr": cases.gtr(ticket) if ticket.state != "cancelled" else None,
    }


def _decision(request: PersonRequest, ticket: Ticket) -> dict[str, Any]:
    """The verdict in words, its dispute, and the papers this person may see."""
    verdict = cases.verdict_of(ticket)
    if verdict is None:
        return {}
    papers = billing.seen_by(request.user).filter(ticket_ref=ticket.ref, customer=ticket.customer_id).order_by("id")
    return {
        "verdict": verdict,
        "clause": wording.clause_words(verdict.clause, language=language()),
        "proofs": verdict.evidence.all(),
        "papers": papers,
        "dispute": cases.dispute_of(verdict),
        "may_contest": cases.may_contest(verdict, at=request.at),
        "contest_until": verdict.given_at + cases.CONTEST_FOR,
        "review": reviews.last_of(verdict),
        "letter": letters.verdict_of(ticket, reader=request.user),
    }


def context_of(request: PersonRequest, ticket: Ticket) -> dict[str, Any]:
    """Everything the page, and its pieces that look again, are made of."""
    lines = tracking.history(ticket)
    told = [timeline_words.said(line) for line in lines if line.kind in timeline_words.FOR_CUSTOMERS]
    return {
        "ticket": ticket,
        "acts": customers.member(user=request.user, customer=ticket.customer) is not None,
        "ongoing": ticket.state in ONGOING,
        "may_cancel": ticket.state == "open" and ticket.acknowledged_at is None,
        "messages_": thread.of(request.user, ticket),
        "evidence": packs.proofs_of(ticket),
        "has_receipt": ticket.consent_id is not None and papers.is_drawn(ticket.consent_id),
        "history": told,
        **_tracking(request, ticket, lines),
        **_decision(request, ticket),
        **(_rehearsed(request, ticket) if ticket.is_rehearsal else {}),
    }


def _rehearsed(request: PersonRequest, ticket: Ticket) -> dict[str, Any]:
    """What was shown in place of an acceptance, and whether something is still to come."""
    mine = ticket.opened_by_id == request.user.pk
    return {
        "rehearsal": True,
        "shown": rehearsals.shown(ticket),
        "follows": mine and rehearsals.next_at(ticket) is not None,
    }


def _seen(request: PersonRequest, ticket: Ticket) -> str:
    return looking.tag(tracking.last_number(ticket), at=request.at)


@require_safe
def ticket(request: PersonRequest, ref: str) -> HttpResponse:
    """The page of a ticket."""
    return ticket_page(request, ticket_or_404(request, ref))


def ticket_page(
    request: PersonRequest, ticket: Ticket, *, refusal: Refusal | None = None, **typed: str
) -> HttpResponse:
    """The page, with a refusal on top when there was one, and what was typed (`body`, `reason`) still there."""
    seen = _seen(request, ticket)  # before the rest is read: what comes meanwhile will be asked for again
    context = {
        **context_of(request, ticket),
        "seen": seen,
        "every": _rhythm(request, ticket),
        "refusal": said(refusal) if refusal else "",
        "typed": typed,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK
    return render(request, "portal/ticket.html", context, status=status)


@require_safe
def live(request: PersonRequest, ref: str) -> HttpResponse:
    """The pieces that look again: the tracker, the conversation, the aside."""
    found = ticket_or_404(request, ref)

    def pieces() -> str:
        return render_to_string("portal/_pieces.html", context_of(request, found), request)

    return looking.answer(request, seen=_seen(request, found), every=_rhythm(request, found), pieces=pieces)


@require_POST
def cancel(request: PersonRequest, ref: str) -> HttpResponse:
    """Cancel, free, while nobody has taken charge."""
    found = own_ticket_or_404(request, ref)
    try:
        cancelling.ticket(found, by=request.user, at=request.at)
    except Refusal as refusal:
        return ticket_page(request, ticket_or_404(request, ref), refusal=refusal)
    messages.success(request, _("The ticket is cancelled. Nothing is due."))
    return redirect("portal:ticket", found.ref)


@require_POST
def go_on(request: PersonRequest, ref: str) -> HttpResponse:
    """The next thing of my rehearsal happens now."""
    found = own_ticket_or_404(request, ref)
    if found.opened_by_id != request.user.pk or not found.is_rehearsal:
        raise Http404
    try:
        rehearse.on(found, at=request.at)
    except Refusal as refusal:
        return ticket_page(request, ticket_or_404(request, ref), refusal=refusal)
    return redirect("portal:ticket", found.ref)


@require_POST
def reopen(request: PersonRequest, ref: str) -> HttpResponse:
    """It was not over."""
    found = own_ticket_or_404(request, ref)
    try:
        resolve.reopen(found, by=request.user, at=request.at)
    except Refusal as refusal:
        return ticket_page(request, ticket_or_404(request, ref), refusal=refusal)
    messages.success(request, _("The ticket is open again: the engineer is told."))
    return redirect("portal:ticket", found.ref)


@require_POST
def contest(request: PersonRequest, ref: str) -> HttpResponse:
    """Contest the verdict: one sentence, for 30 days."""
    found = own_ticket_or_404(request, ref)
    reason = request.POST.get("reason", "")
    try:
        disputes.open(found, reason=thread.short_enough(reason), by=request.user, at=request.at)
    except Refusal as refusal:
        return ticket_page(request, found, refusal=refusal, reason=reason)
    messages.success(
        request,
        _(
            "Your dispute is recorded. Somebody else than the engineer will answer you, "
            "and nothing more is invoiced until then."
        ),
    )
    return redirect("portal:ticket", found.ref)
