"""The case: who has it, the clocks, the ladder of calls, the conversation, and everything a verdict will rest on."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from astreinte.accounts.models import User
from astreinte.billing import queries as bills
from astreinte.core.refusals import Refusal
from astreinte.tickets import diagnoses, letters, packs, proposals, reviews, tracking
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Message, Ticket, Verdict
from astreinte.web import live, markdown, refusals, timeline_words, tracker_words
from astreinte.web.console import canned, diagnosis, forms
from astreinte.web.requests import PersonRequest
from astreinte.web.templatetags.desk import erased_or

PIECES = "console/_case_live.html"
Cleaned = dict[str, Any]


def found(request: PersonRequest, ref: str) -> Ticket:
    """The case of this number, among those this person may open."""
    ticket = cases.by_ref(cases.seen_by(request.user), ref)
    if ticket is None:
        raise Http404
    return ticket


@require_safe
def case(request: PersonRequest, ref: str) -> HttpResponse:
    """The whole case on one screen. `?reply=` starts the answer from a canned one."""
    ticket = found(request, ref)
    text = canned.text_of(request.GET.get("reply", ""), language=ticket.language, server=ticket.server.name)
    said = {"say": forms.SayForm(initial={"body": text})} if text else {}
    return render(request, "console/case.html", _context(request, ticket, said))


@require_safe
def live_pieces(request: PersonRequest, ref: str) -> HttpResponse:
    """The same pieces again, when something happened."""
    ticket = found(request, ref)
    return live.answer(
        request,
        seen=_seen(request, ticket),
        every=_every(ticket),
        pieces=lambda: render_to_string(PIECES, _moving(request, ticket), request=request),
    )


def act(
    request: PersonRequest, ref: str, *, name: str, form: Form, do: Callable[[Ticket, Cleaned], object]
) -> HttpResponse:
    """One gesture on a case: done, or the same screen with what was typed and why not."""
    ticket = found(request, ref)
    if form.is_valid():
        try:
            do(ticket, form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusals.said(refusal))
        else:
            return redirect(f"{reverse('console:case', args=[ticket.ref])}#{name}")
    context = _context(request, found(request, ref), {name: form})
    return render(request, "console/case.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _context(request: PersonRequest, ticket: Ticket, given: Mapping[str, Form]) -> dict[str, Any]:
    unbound: dict[str, Form] = {
        "take": forms.TakeForm(),
        "hand_over": forms.HandOverForm(by=request.user),
        "add": forms.AddForm(by=request.user),
        "say": forms.SayForm(),
        "resolve": forms.ResolveForm(),
        "verdict": forms.VerdictForm(ticket=ticket),
        "decide": forms.DecideForm(),
        "review": forms.ReviewForm(),
    }
    return {
        **_moving(request, ticket),
        **_decided(request, ticket),
        "forms": {**unbound, **given},
        "refused": next((form for form in given.values() if form.is_bound), None),
        "replies": canned.replies(language=ticket.language, server=ticket.server.name),
        "consent": ticket.consent,
        "evidence": packs.proofs_of(ticket),
        "seen": _seen(request, ticket),
        "every": _every(ticket),
    }


def _moving(request: PersonRequest, ticket: Ticket) -> dict[str, Any]:
    """What changes by itself while somebody looks."""
    reader = tracker_words.reader(at=request.at)
    tracker = tracking.tracker(ticket)
    return {
        **diagnosis.context(request, ticket),
        "ticket": ticket,
        "clocks": clocks(ticket),
        "rings": tracker_words.rings(tracker, reader) if tracker else [],
        "headline": tracker_words.headline(tracker, reader) if tracker else "",
        "thread": [_said(message, ticket) for message in cases.messages_seen_by(request.user, ticket)],
        "history": [timeline_words.said(entry) for entry in reversed(tracking.history(ticket))],
        "mine": ticket.handled_by_id == request.user.pk,
        "awaits": _awaits(request, ticket),
        "is_ringing": ticket.page is not None and ticket.page.state == "triggered",
    }


def _awaits(request: PersonRequest, ticket: Ticket) -> str:
    """What the reader is expected to do next, further down the page: `decision`, `review`, `verdict`, `work`, or nothing."""
    if ticket.state == "acknowledged":
        return "work" if ticket.handled_by_id == request.user.pk else ""
    if ticket.state not in {"resolved", "closed"} or not ticket.is_urgent:
        return ""
    verdict = cases.verdict_of(ticket)
    if verdict is None:
        return "verdict"
    return _decision(verdict, by=request.user) if request.user.has_role("manager") else ""


def _decision(verdict: Verdict, *, by: User) -> str:
    """What a manager decides about a verdict that was given."""
    dispute = cases.dispute_of(verdict)
    if dispute and dispute.state == "open" and verdict.given_by_id != by.pk:
        return "decision"
    return "review" if reviews.open_of(verdict) else ""


def clocks(ticket: Ticket) -> list[dict[str, Any]]:
    """The two commitments of an urgent ticket; none of a standard one."""
    named = ((_("Intervention (GTI)"), cases.gti(ticket)), (_("Restoration (GTR)"), cases.gtr(ticket)))
    return [{"label": label, "clock": clock} for label, clock in named if clock]


def _said(message: Message, ticket: Ticket) -> dict[str, Any]:
    return {
        "author": message.author.name,
        "by_staff": message.by_staff,
        "internal": message.internal,
        "at": message.at,
        "html": markdown.html(erased_or(message.body, message.erased_at)),
        "attachments": [
            {"name": one.name, "url": reverse("portal:attachment", args=[ticket.ref, one.public_id])}
            for one in message.attachments.all()
        ],
    }


def _decided(request: PersonRequest, ticket: Ticket) -> dict[str, Any]:
    verdict = cases.verdict_of(ticket)
    dispute = cases.dispute_of(verdict)
    over = ticket.state in {"resolved", "closed"}
    return {
        "verdict": verdict,
        "proposed": proposals.of_ticket(ticket) if over and verdict is None else None,
        "clause": next(
            (
                words
                for group in forms.clause_groups(ticket)
                for slug, words in group.clauses
                if verdict and slug == verdict.clause
            ),
            "",
        ),
        "letter": letters.verdict_of(ticket) if verdict else None,
        "charge": bills.charge_of(ticket.ref) if verdict and verdict.charge_id else None,
        "dispute": dispute,
        "may_judge": ticket.is_urgent and over and verdict is None,
        "incidents": reviews.incidents_of(ticket) if over and verdict is None else [],
        "review": reviews.last_of(verdict),
        "is_manager": request.user.has_role("manager"),
        "may_reopen": ticket.state == "resolved" and verdict is None,
        "may_decide": dispute is not None and dispute.state == "open" and request.user.has_role("manager"),
        "gave_it": verdict is not None and verdict.given_by_id == request.user.pk,
    }


def _seen(request: PersonRequest, ticket: Ticket) -> str:
    return live.tag(tracking.last_number(ticket), at=request.at)


def _every(ticket: Ticket) -> int:
    if ticket.state in {"closed", "cancelled"}:
        return live.NEVER
    ringing = ticket.page is not None and ticket.page.state == "triggered"
    return live.RINGING if ringing or diagnoses.is_looking(ticket) else live.CALM
