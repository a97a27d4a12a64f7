"""The diagnosis before the bill, line by line: what is looked at now, what it most likely is, and the facts behind it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from astreinte.core.refusals import Refusal
from astreinte.customers.models import Server
from astreinte.flows import diagnose
from astreinte.monitoring import words
from astreinte.tickets import diagnoses
from astreinte.tickets.diagnoses import Line
from astreinte.tickets.models import Diagnosis
from astreinte.web import advice_words, live, watch_words
from astreinte.web.portal import drafts
from astreinte.web.requests import PersonRequest

PIECES = "portal/_diagnosis.html"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the diagnosis, as components/findings.html shows it."""

    state: str
    state_label: str
    text: str
    at: datetime | None


def begun(request: PersonRequest, server: Server, *, symptom: str, text: str) -> str:
    """Start looking; empty when this person asks too often: opening a ticket never waits for a diagnosis."""
    try:
        found = diagnose.start(server, symptom=symptom, text=text, by=request.user, at=request.at)
    except Refusal:
        return ""
    return str(found.public_id)


def found(request: PersonRequest, public_id: str) -> Diagnosis | None:
    """The diagnosis of a draft."""
    return diagnoses.seen_by(request.user).filter(public_id=public_id).first() if public_id else None


@require_safe
def pieces(request: PersonRequest, key: UUID) -> HttpResponse:
    """The diagnosis again, while it looks."""
    typed = drafts.find(request.session, key)
    diagnosis = found(request, typed.get("diagnosis", "")) if typed else None
    if diagnosis is None:
        raise Http404
    context = shown(diagnosis, at=request.at)
    return live.answer(
        request,
        seen=context["seen"],
        every=context["every"],
        pieces=lambda: render_to_string(PIECES, context, request),
    )


def shown(diagnosis: Diagnosis, *, at: datetime) -> dict[str, Any]:
    """What the page shows of it by now."""
    lines = diagnoses.lines(diagnosis)
    over = diagnosis.state == "done" or diagnoses.is_over(diagnosis, lines, at=at)
    answered = sum(line.look is not None for line in lines)
    return {
        "diagnosis": diagnosis,
        "findings": [_finding(line, over=over) for line in lines],
        "over": over,
        "advice": advice_words.of(diagnosis.advice) if diagnosis.advice else None,
        "seen": live.tag(answered * 4 + over * 2 + (diagnosis.state == "done"), at=at),
        "every": live.NEVER if diagnosis.state == "done" else live.RINGING,
    }


def _finding(line: Line, *, over: bool) -> Finding:
    named = {"service": words.service(line.check), "where": line.check.where}
    if line.look is None:
        state, label, said = (
            ("unknown", _("Not known"), _("no answer in time")) if over else ("running", _("Looking"), _("…"))
        )
        return Finding(state=state, state_label=label, text=_text(named, said), at=None)
    if line.look.up:
        said = _("answers in %(ms)d ms") % {"ms": line.look.took_ms}
        return Finding(state="up", state_label=_("In order"), text=_text(named, said), at=line.look.at)
    said = watch_words.meaning(line.look.error)
    return Finding(state="down", state_label=_("Failed"), text=_text(named, said), at=line.look.at)


def _text(named: dict[str, str], said: str) -> str:
    return _("%(service)s %(where)s: %(said)s") % {**named, "said": said}
