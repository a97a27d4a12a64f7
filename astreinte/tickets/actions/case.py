"""The verbs of a case: open, take, hand over, cancel, resolve, reopen, talk."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from astreinte.accounts.models import User
from astreinte.core import moves, rows, timeline
from astreinte.core.actors import SYSTEM, Actor
from astreinte.core.moves import move
from astreinte.customers.models import Server
from astreinte.monitoring.models import Incident
from astreinte.paging.models import Page
from astreinte.tickets.files import Upload
from astreinte.tickets.models import Attachment, Consent, Message, Mode, Ticket
from astreinte.tickets.states import TICKET, TicketState


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What the customer says when they open a ticket; `key` makes a double click one ticket. A rehearsal binds nobody."""

    symptom: str
    subject: str
    body: str
    language: str
    key: str
    rehearsal: bool = False


def open_ticket(opening: Opening, *, server: Server, by: User, actor: Actor, at: datetime, **urgent: Any) -> Ticket:
    """A new ticket, with the plan and the commitments of this moment. `urgent` carries page, consent and policy."""
    plan = server.plan
    ticket = Ticket(
        mode=Mode.REHEARSAL if opening.rehearsal else Mode.URGENT if urgent else Mode.STANDARD,
        customer=server.customer,
        server=server,
        opened_by=by,
        symptom=opening.symptom,
        subject=opening.subject,
        body=opening.body,
        language=opening.language,
        opening_key=opening.key,
        opened_at=at,
        urgent_at=at if urgent else None,
        plan_name=plan.name,
        gti_s=plan.gti_s,
        gtr_s=plan.gtr_s,
        availability=plan.availability,
        **urgent,
    )
    rows.insert(ticket)
    Ticket.verdict.related.set_cached_value(ticket, None)  # a new one has none: nobody needs to ask
    timeline.record(
        ticket, "ticket:opened", at=at, by=actor, story=ticket.story, mode=ticket.mode, **_consented(ticket)
    )
    return ticket


def _consented(ticket: Ticket) -> dict[str, Any]:
    consent = ticket.consent
    return {"consent_sha256": consent.sha256, "amount_excl_cents": consent.amount_excl_cents} if consent else {}


def make_urgent(ticket: Ticket, *, page: Page, consent: Consent, policy: Any, by: Actor, at: datetime) -> bool:
    """A standard ticket becomes urgent, and waits for whoever takes its page; False when it already is, or is over."""
    rows = Ticket.objects.filter(
        pk=ticket.pk, mode=Mode.STANDARD, state__in=[TicketState.OPEN, TicketState.ACKNOWLEDGED]
    )
    again = {
        "state": TicketState.OPEN,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "handled_by": None,
        "eta_at": None,
    }
    if not rows.update(mode=Mode.URGENT, page=page, consent=consent, policy=policy, urgent_at=at, **again):
        return False
    ticket.refresh_from_db()
    timeline.record(ticket, "ticket:made-urgent", at=at, by=by, story=ticket.story, **_consented(ticket))
    return True


def link(ticket: Ticket, incident: Incident, *, at: datetime) -> None:
    """This ticket is about this incident."""
    if ticket.incident_id == incident.pk:
        return
    Ticket.objects.filter(pk=ticket.pk).update(incident=incident)
    ticket.incident = incident
    timeline.record(ticket, "ticket:linked", at=at, by=SYSTEM, story=ticket.story, incident=str(incident.public_id))


def hold(ticket: Ticket, *, states: Iterable[str]) -> Ticket:
    """Nobody reopens, closes or decides this ticket until our transaction ends. Raises CannotMove outside these states."""
    return moves.hold(ticket, states=states)


def acknowledge(ticket: Ticket, *, person: User, eta_at: datetime | None, by: Actor, at: datetime) -> Ticket:
    """A person has it. The first time only, the GTI clock stops."""
    return move(
        ticket,
        TICKET,
        to=TicketState.ACKNOWLEDGED,
        kind="ticket:acknowledged",
        at=at,
        by=by,
        story=ticket.story,
        data={"eta_at": eta_at.isoformat() if eta_at else None, "person": person.name},
        # made urgent meanwhile: its page must be taken, not the ticket behind it
        given={"state": TicketState.OPEN, "page": ticket.page_id},
        acknowledged_at=ticket.acknowledged_at or at,
        acknowledged_by_id=ticket.acknowledged_by_id or person.pk,
        handled_by=person,
        eta_at=eta_at,
    )


def set_eta(ticket: Ticket, *, eta_at: datetime, by: Actor, at: datetime) -> None:
    """The one who has it says when they will be there."""
    Ticket.objects.filter(pk=ticket.pk).update(eta_at=eta_at)
    ticket.eta_at = eta_at
    timeline.record(ticket, "ticket:eta", at=at, by=by, story=ticket.story, eta_at=eta_at.isoformat())


def hand_over(ticket: Ticket, *, to: str, by: Actor, at: datetime) -> Ticket:
    """It goes back to ringing. The GTI clock stays where it stopped."""
    return move(
        ticket,
        TICKET,
        to=TicketState.OPEN,
        kind="ticket:handed-over",
        at=at,
        by=by,
        story=ticket.story,
        data={"to": to},
        given={"state": TicketState.ACKNOWLEDGED},
        handled_by=None,
        eta_at=None,
    )


def cancel(ticket: Ticket, *, by: Actor, at: datetime) -> Ticket:
    """The customer cancels, free, before anybody took charge."""
    move(
        ticket,
        TICKET,
        to=TicketState.CANCELLED,
        kind="ticket:cancelled",
        at=at,
        by=by,
        story=ticket.story,
        given={"state": TicketState.OPEN, "acknowledged_at": None},
    )
    return _with_its_page(ticket)


def resolve(ticket: Ticket, *, summary: str, by: Actor, at: datetime) -> Ticket:
    """The service is back; the summary says what was done."""
    move(
        ticket,
        TICKET,
        to=TicketState.RESOLVED,
        kind="ticket:resolved",
        at=at,
        by=by,
        story=ticket.story,
        resolved_at=at,
        summary=summary,
        acknowledged_at=ticket.acknowledged_at or at,
    )
    return _with_its_page(ticket)


def _with_its_page(ticket: Ticket) -> Ticket:
    """It may have become urgent since it was read: then its page must not be left ringing."""
    ticket.refresh_from_db(fields=["mode", "page"])
    return ticket


def close(ticket: Ticket, *, by: Actor, at: datetime) -> Ticket:
    """Nothing more can happen to it."""
    return move(ticket, TICKET, to=TicketState.CLOSED, kind="ticket:closed", at=at, by=by, story=ticket.story)


def reopen(ticket: Ticket, *, person: User | None, by: Actor, at: datetime) -> Ticket:
    """It was not over: an engineer has it again."""
    return move(
        ticket,
        TICKET,
        to=TicketState.ACKNOWLEDGED,
        kind="ticket:reopened",
        at=at,
        by=by,
        story=ticket.story,
        given={"state": TicketState.RESOLVED},
        resolved_at=None,
        handled_by=person,
    )


def say(
    ticket: Ticket, *, author: User, body: str, internal: bool, uploads: Sequence[Upload], by: Actor, at: datetime
) -> Message:
    """A word in the conversation, with its files."""
    message = Message.objects.create(
        ticket=ticket,
        author=author,
        by_staff=author.handles_cases or author.stands_in,
        internal=internal,
        body=body,
        at=at,
    )
    for upload in uploads:
        Attachment.objects.create(message=message, **asdict(upload))
    kind = "message:internal" if internal else "message:public"
    timeline.record(message, kind, at=at, by=by, story=ticket.story, files=len(uploads))
    return message
