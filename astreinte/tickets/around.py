"""What surrounds a moment of a case, ready to be frozen: what was accepted, calls, results, incidents, changes, decisions. Reads only.

No e-mail address, no telephone number, nothing said inside: the customer downloads all of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from astreinte.accounts import queries as accounts
from astreinte.core import timeline
from astreinte.core.exports import instant
from astreinte.guarantee.rules.advice import read, telling
from astreinte.monitoring import facts as pushed
from astreinte.monitoring import history, words
from astreinte.monitoring.models import Check, Incident, Result
from astreinte.monitoring.rules import intervals
from astreinte.monitoring.rules.intervals import Interval
from astreinte.tickets import queries, reviews
from astreinte.tickets.advising import Proof
from astreinte.tickets.models import Dispute, Review, Ticket, Verdict
from astreinte.tickets.rules.offer import clause_words
from astreinte.tickets.rules.tracker import OUTCOMES, Rung, tracker

# "The hour around": this much before, and this much after.
AROUND = timedelta(minutes=30)
# What a panel said this long before may explain a trouble.
CHANGES = timedelta(days=1)
# Of each check in each window, the last results; of a server, the first checks; of a case, the last calls.
MOST_RESULTS, MOST_CHECKS, MOST_CALLS = 400, 30, 200
COLUMNS = ["after_ms", "up", "took_ms", "error", "site"]
NO_WHY = {"fr": "", "en": ""}


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What was found, and what was left out of it, as a receipt says it."""

    proofs: list[Proof]
    left_out: list[dict[str, Any]]


def opening(ticket: Ticket, *, at: datetime) -> Surroundings:
    """Up to the moment it became urgent: the acceptance, the results of the half hour before, incidents, changes."""
    began = ticket.urgent_at or ticket.opened_at
    window = Interval(start=began - AROUND, end=min(began, at))
    with translation.override(ticket.language):
        return _put_together([*_consent(ticket), *_changes(ticket, window)], ticket, [window])


def resolution(ticket: Ticket, *, at: datetime) -> Surroundings:
    """The half hour after it became urgent and the one before it was resolved, the calls, the incidents, the changes."""
    began, ended = ticket.urgent_at or ticket.opened_at, ticket.resolved_at or at
    first = Interval(start=began, end=min(began + AROUND, ended))
    windows = intervals.union([first, Interval(start=max(ended - AROUND, began), end=ended)])
    whole = Interval(start=began, end=ended)
    with translation.override(ticket.language):
        return _put_together([*_calls(ticket), *_changes(ticket, whole)], ticket, windows)


def after(ticket: Ticket, *, since: datetime, at: datetime) -> Surroundings:
    """The half hour that follows the resolution."""
    window = Interval(start=since, end=min(since + AROUND, at))
    with translation.override(ticket.language):
        return _put_together([*_changes(ticket, window)], ticket, [window])


def decided(ticket: Ticket) -> Surroundings:
    """The verdict, the answer to the dispute, and what was said of it once an incident was known."""
    verdict = queries.verdict_of(ticket)
    dispute = queries.dispute_of(verdict)
    with translation.override(ticket.language):
        found = [_verdict(verdict)] if verdict else []
        found += [_decision(dispute)] if dispute and dispute.decided_at else []
        found += [_reviewed(one) for one in reviews.decided_of(verdict)]
    return Surroundings(proofs=found, left_out=[])


def _put_together(proofs: Iterable[Proof], ticket: Ticket, windows: Iterable[Interval]) -> Surroundings:
    found, left_out = list(proofs), []
    for window in windows:
        found += [_incident(one) for one in history.incidents_between(ticket.server, period=window)]
        checks = history.every_check(ticket.server)
        if len(checks) > MOST_CHECKS:
            left_out.append({"what": "checks", "count": len(checks) - MOST_CHECKS})
        found += [proof for check in checks[:MOST_CHECKS] for proof in _results(check, window)]
    inside = ticket.messages.filter(internal=True).count()
    if inside:
        left_out.append({"what": "internal-notes", "count": inside})
    return Surroundings(proofs=list({(one.kind, str(one.body)): one for one in found}.values()), left_out=left_out)


def _consent(ticket: Ticket) -> Iterator[Proof]:
    consent = ticket.consent
    if consent is None:
        return
    price = queries.as_money(consent.amount_excl_cents, language=ticket.language, currency=consent.currency)
    text = _("%(person)s accepted %(price)s excl. VAT if the problem is not covered")
    body = {
        "by": consent.by_name,
        "at": instant(consent.at),
        "server": consent.server_name,
        "plan": consent.plan_name,
        "language": consent.language,
        "text": consent.text,
        "text_sha256": consent.text_sha256,
        "box": consent.box_text,
        "button": consent.button_label,
        "amount_excl_cents": consent.amount_excl_cents,
        "amount_incl_cents": consent.amount_incl_cents,
        "vat_rate": consent.vat_rate,
        "currency": consent.currency,
        "tariff_from": consent.tariff_from.isoformat(),
        "policy_from": consent.policy_from.isoformat(),
        "policy_sha256": consent.policy_sha256,
        "channel": consent.channel,
        # of the whole acceptance, with the address and the browser it came from
        "sha256": consent.sha256,
    }
    yield Proof(kind="consent", text=text % {"person": consent.by_name, "price": price}, body=body, seen_at=consent.at)


def _calls(ticket: Ticket) -> Iterator[Proof]:
    """One piece for each person called once: who, over what, what came of it."""
    call = queries.call_of(ticket)
    lines = timeline.lines(ticket.story, call.story) if call else []
    for rung in tracker(lines, shown=MOST_CALLS).rungs:
        if rung.at is not None:
            yield Proof(kind="call", text=_called(rung), body=_rung(rung), seen_at=rung.at)


def _called(rung: Rung) -> str:
    person = _("The whole team") if rung.everybody else rung.person or _("Nobody on duty")
    return _("Called: %(person)s. %(outcome)s.") % {"person": person, "outcome": _(OUTCOMES[rung.state])}


def _rung(rung: Rung) -> dict[str, Any]:
    return {
        "person": rung.person,
        "everybody": rung.everybody,
        "channels": list(rung.channels),
        "outcome": rung.state,
        "at": instant(rung.at),
        "until": instant(rung.until),
        "eta_at": instant(rung.eta_at),
        "added_by": rung.added_by,
    }


def _changes(ticket: Ticket, window: Interval) -> Iterator[Proof]:
    """What the provider's own systems said was changed, up to a day before."""
    for one in pushed.said_of(ticket.server, since=window.start - CHANGES):
        if one.kind.startswith("change.") and one.observed_at < window.end:
            said = {"kind": one.kind, "value": one.value, "source": one.source, "subject": one.subject}
            said |= {"detail": one.detail, "observed_at": instant(one.observed_at)}
            known, _wrong = read([{**said, "observed_at": one.observed_at.isoformat()}])
            text = telling.tell(known[0], why=NO_WHY, at=window.end)[ticket.language] if known else one.kind
            yield Proof(kind="change", text=text.strip(), body=said, seen_at=one.observed_at)


def _incident(incident: Incident) -> Proof:
    call = incident.call
    taken = call.acknowledged_by if call else None
    body = {
        "incident": str(incident.public_id),
        "title": incident.title,
        "clause": incident.clause,
        "state": incident.state,
        "opened_at": instant(incident.opened_at),
        "resolved_at": instant(incident.resolved_at),
        "taken_by": taken.name if taken else "",
        "taken_at": instant(call.acknowledged_at) if call else None,
    }
    text = _("Incident: %(title)s (%(state)s)") % {"title": incident.title, "state": incident.get_state_display()}
    return Proof(kind="incident", text=text, body=body, seen_at=incident.opened_at)


def _results(check: Check, window: Interval) -> Iterator[Proof]:
    """What one check saw in a window; nothing when it did not look."""
    found = history.results_between(check, period=window, limit=MOST_RESULTS)
    if not found:
        return
    looks = history.count_between(check, period=window) if len(found) == MOST_RESULTS else len(found)
    failed = sum(not one.up for one in found)
    body = {
        "check": str(check.public_id),
        "kind": check.kind,
        "where": check.where,
        "from": instant(window.start),
        "until": instant(window.end),
        "looks": looks,
        "left_out": looks - len(found),
        "columns": COLUMNS,
        "results": [_row(one, window.start) for one in found],
    }
    yield Proof(kind="results", text=_looked(check, window, looks, failed), body=body, seen_at=found[-1].at)


def _row(one: Result, start: datetime) -> list[Any]:
    after_ms = (one.at - start) // timedelta(milliseconds=1)
    return [after_ms, int(one.up), one.took_ms, one.error, one.site.name if one.site else ""]


def _looked(check: Check, window: Interval, looks: int, failed: int) -> str:
    provider = accounts.provider()
    start, end = (queries.local_day(one, provider) if provider else one for one in (window.start, window.end))
    said = ngettext(
        "%(service)s (%(where)s): %(number)d look from %(start)s to %(end)s, %(failed)d failed",
        "%(service)s (%(where)s): %(number)d looks from %(start)s to %(end)s, %(failed)d failed",
        looks,
    )
    names = {"service": words.service(check), "where": check.where, "number": looks, "failed": failed}
    return said % {**names, "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}


def _verdict(verdict: Verdict) -> Proof:
    clause = clause_words(verdict.clause, language=verdict.ticket.language)
    body = {
        "clause": verdict.clause,
        "coverage": verdict.coverage,
        "justification": verdict.justification,
        "evidence": [str(one.public_id) for one in verdict.evidence.all()],
        "given_by": verdict.given_by.name,
        "given_at": instant(verdict.given_at),
        "consent_sha256": verdict.consent.sha256 if verdict.consent else None,
        "amount_excl_cents": verdict.charge.amount_cents if verdict.charge else 0,
    }
    text = _("Verdict of %(person)s: %(clause)s") % {"person": verdict.given_by.name, "clause": clause}
    return Proof(kind="verdict", text=text, body=body, seen_at=verdict.given_at)


def _decision(dispute: Dispute) -> Proof:
    by = dispute.decided_by.name if dispute.decided_by else ""
    body = {
        "reason": dispute.reason,
        "opened_by": dispute.opened_by.name,
        "opened_at": instant(dispute.opened_at),
        "state": dispute.state,
        "answer": dispute.answer,
        "decided_by": by,
        "decided_at": instant(dispute.decided_at),
    }
    text = _("Answer of %(person)s to the dispute: %(outcome)s")
    said = text % {"person": by, "outcome": dispute.get_state_display()}
    return Proof(kind="decision", text=said, body=body, seen_at=dispute.decided_at or dispute.opened_at)


def _reviewed(review: Review) -> Proof:
    by = review.decided_by.name if review.decided_by else ""
    body = {
        "incident": str(review.incident.public_id),
        "title": review.incident.title,
        "opened_at": instant(review.opened_at),
        "state": review.state,
        "answer": review.answer,
        "decided_by": by,
        "decided_at": instant(review.decided_at),
    }
    text = _("Review by %(person)s, the incident being known: %(outcome)s")
    said = text % {"person": by, "outcome": review.get_state_display()}
    return Proof(kind="review", text=said, body=body, seen_at=review.decided_at or review.opened_at)
