"""The verbs of a rehearsal: keep what was shown, forget what was typed."""

from datetime import datetime
from typing import Any

from astreinte.core import timeline
from astreinte.core.actors import SYSTEM
from astreinte.core.words import one_line
from astreinte.tickets.actions.case import close
from astreinte.tickets.actions.decisions import freeze_evidence
from astreinte.tickets.models import Diagnosis, Ticket
from astreinte.tickets.queries import Offer
from astreinte.tickets.rehearsals import SHOWN
from astreinte.tickets.states import TicketState


def keep_rehearsed(ticket: Ticket, offer: Offer, *, at: datetime) -> None:
    """Freeze what was shown and pressed, as evidence: a rehearsal has no consent, hence no charge."""
    if offer.words is None:
        raise ValueError("An offer that is not available cannot be rehearsed.")
    body: dict[str, Any] = {
        "text": offer.words.text,
        "text_sha256": offer.words.text_sha256,
        "box": offer.words.box,
        "button": offer.words.button,
        "amount_excl_cents": offer.amount_excl_cents,
        "amount_incl_cents": offer.amount_incl_cents,
        "vat_rate": offer.vat_rate,
        "currency": offer.currency,
        "language": offer.language,
    }
    text = one_line(offer.words.text.partition("\n")[0])
    freeze_evidence(ticket, kind=SHOWN, text=text, body=body, seen_at=at, at=at)


def forget_rehearsal(ticket: Ticket, *, at: datetime) -> None:
    """What somebody typed is gone, and nobody finds it any more. What is frozen stays sealed (decision 0027)."""
    if ticket.state == TicketState.RESOLVED:
        close(ticket, by=SYSTEM, at=at)
    Ticket.objects.filter(pk=ticket.pk).update(subject="", body="", summary="")
    Diagnosis.objects.filter(ticket=ticket).update(text="")
    timeline.record(ticket, "ticket:forgotten", at=at, by=SYSTEM, story=ticket.story)
