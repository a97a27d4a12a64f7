"""The diagnosis before the bill, line by line: what is looked at now, what it most likely is, and the facts behind it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from astreinte.core.refusals import Refusal
from astreinte.customers.models import Server
from astreinte.flows import diagnose
from astreinte.monitoring import words
from astreinte.monitoring.models import Reading
from astreinte.tickets import advising, diagnoses, record_words
from astreinte.tickets import queries as cases
from astreinte.tickets.diagnoses import Line
from astreinte.tickets.models import Diagnosis
from astreinte.web import advice_words, live, metric_words, watch_words
from astreinte.web.portal import better, drafts
from astreinte.web.requests import PersonRequest
from astreinte.web.templatetags.desk import money

PIECES = "portal/_diagnosis.html"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the diagnosis, as components/findings.html shows it."""

    state: str
    state_label: str
    text: str
    at: datetime | None


def begun(request: PersonRequest, server: Server, *, symptom: str, text: str, looked: Diagnosis | None = None) -> str:
    """Start looking; empty when this person asks too often: opening a ticket never waits for a diagnosis."""
    try:
        found = diagnose.start(server, symptom=symptom, text=text, by=request.user, at=request.at, looked=looked)
    except Refusal:
        return ""
    return str(found.public_id)


def found(request: PersonRequest, public_id: str) -> Diagnosis | None:
    """The diagnosis of a draft; None for what is no name of one."""
    try:
        return diagnoses.seen_by(request.user).filter(public_id=UUID(public_id)).first()
    except ValueError:
        return None


@require_safe
def pieces(request: PersonRequest, key: UUID) -> HttpResponse:
    """The diagnosis again, while it looks."""
    typed = drafts.find(request.session, key)
    diagnosis = found(request, typed.get("diagnosis", "")) if typed else None
    if diagnosis is None:
        raise Http404
    context = {"key": key, "rehearsal": drafts.is_rehearsal(typed or {}), **shown(request, diagnosis)}
    return live.answer(
        request,
        seen=context["seen"],
        every=context["every"],
        pieces=lambda: render_to_string(PIECES, context, request),
    )


def shown(request: PersonRequest, diagnosis: Diagnosis, *, symptom: str = "") -> dict[str, Any]:
    """What the page shows of it by now; weighed for another `symptom` than it was begun for, if one is given."""
    at = request.at
    lines, reading = diagnoses.lines(diagnosis), diagnoses.reading(diagnosis)
    over = diagnosis.state == "done" or diagnoses.is_over(diagnosis, lines, at=at)
    answered = sum(line.look is not None for line in lines) + (reading is not None and reading.due_at is None)
    return {
        "diagnosis": diagnosis,
        "findings": [
            *(_finding(line, over=over) for line in lines),
            *([_measures(reading, over=over)] if reading else []),
        ],
        "measured": advice_words.measured(diagnosis.facts or (reading.facts if reading else ()), at=at),
        "over": over,
        **(_advised(request, diagnosis, symptom=symptom or diagnosis.symptom) if over else {}),
        "seen": live.tag(answered * 4 + over * 2 + (diagnosis.state == "done"), at=at),
        "every": live.NEVER if diagnosis.state == "done" else live.RINGING,
    }


def _advised(request: PersonRequest, diagnosis: Diagnosis, *, symptom: str) -> dict[str, Any]:
    """The advice in words, and what helps better than an urgent ticket. Nothing while it is written down: a moment."""
    advice = diagnosis.advice
    if symptom != diagnosis.symptom:
        advice = advising.weighed(diagnosis, symptom=symptom, at=request.at)
    if not advice:
        return {}
    price = _price(request, diagnosis) if advice["outcome"] == "excluded" else ""
    return {
        "advice": advice_words.of(advice, price=price),
        "better": better.way(advice, symptom=symptom),
        "record": record_words.sentence(advice, at=request.at),
    }


def _price(request: PersonRequest, diagnosis: Diagnosis) -> str:
    """What an urgent ticket would cost this person; empty when there is none for them."""
    language = (get_language() or "fr")[:2]
    found = cases.offer(server=diagnosis.server, user=request.user, at=request.at, language=language)
    if not found.words:
        return ""
    incl = money(found.amount_incl_cents, found.currency)
    if found.words.box:
        return _("%(incl)s incl. VAT") % {"incl": incl}
    excl = money(found.amount_excl_cents, found.currency)
    return _("%(excl)s excl. VAT, %(incl)s incl. VAT") % {"excl": excl, "incl": incl}


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


def _measures(reading: Reading, *, over: bool) -> Finding:
    """What the provider's Prometheus said, in one line; each fact is among the reasons."""
    waits = reading.due_at is not None
    state = "running" if waits and not over else "unknown" if waits or not reading.facts else "up"
    labels = {"running": _("Looking"), "unknown": _("Not known"), "up": _("Measured")}
    return Finding(
        state=state,
        state_label=labels[state],
        text=metric_words.said(reading, over=over),
        at=None if waits else reading.read_at,
    )


def _text(named: dict[str, str], said: str) -> str:
    return _("%(service)s %(where)s: %(said)s") % {**named, "said": said}
