"""Tells the people concerned: every message of a ticket to somebody who is not being rung is written here."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import User
from astreinte.billing.models import Invoice
from astreinte.core import money
from astreinte.customers import queries as customers
from astreinte.notifications import actions as notifications
from astreinte.notifications import queries as outbox
from astreinte.notifications.actions import Letter
from astreinte.paging.models import Page
from astreinte.tickets import rehearsals
from astreinte.tickets.models import Message, Ticket

EMAIL = "email"
# The keeper draws the paper of a receipt in about 3 s, and lets its e-mail go; without a keeper it leaves all the same, within the minute.
PAPER_WAIT = timedelta(seconds=30)


def by_email(
    people: Iterable[User],
    *,
    kind: str,
    about: str,
    once: str,
    context: dict[str, Any],
    at: datetime,
    priority: int = 5,
    waits: timedelta = timedelta(0),
) -> None:
    """To each of these people, at their own mailbox; `once` tells one occasion from another."""
    letters = [
        notifications.by_email(
            person,
            once=f"{about}/{kind}/{once}/{person.pk}",
            about=about,
            kind=kind,
            due_at=at + waits,
            priority=priority,
            context=context,
        )
        for person in people
    ]
    notifications.enqueue(letters, at=at)


def of_ticket(ticket: Ticket) -> dict[str, Any]:
    """What every message about a ticket says of it."""
    return {
        "ref": ticket.ref,
        "subject": ticket.subject,
        "server": ticket.server.name,
        "customer": ticket.customer.name,
        "path": f"/tickets/{ticket.ref}/",
        "urgent": ticket.is_urgent,
        "rehearsal": ticket.is_rehearsal,
    }


def customer_side(ticket: Ticket) -> list[User]:
    """Whom the desk writes to about this ticket: those concerned by its server, and whoever opened it."""
    if ticket.is_rehearsal:
        return []  # whoever rehearses looks at it
    people = {person.pk: person for person in customers.concerned_by(ticket.server, customer=ticket.customer)}
    if customers.member(user=ticket.opened_by, customer=ticket.customer):  # or they left, and read nothing more of it
        people.setdefault(ticket.opened_by_id, ticket.opened_by)
    return list(people.values())


def rehearsing(ticket: Ticket) -> list[User]:
    """Whom a rehearsal writes to: the customer who rehearses; nobody when it is an engineer, with a customer who is nobody."""
    return [] if ticket.opened_by.stands_in else [ticket.opened_by]


def received(ticket: Ticket, *, at: datetime) -> None:
    """A standard ticket arrived."""
    by_email([ticket.opened_by], kind="ticket_received", about=ticket.story, once="", context=of_ticket(ticket), at=at)


def receipt(ticket: Ticket, *, at: datetime) -> None:
    """The acknowledgement of the order, without undue delay (Code civil, 1127-2), and the amount at stake to those who pay."""
    consent = ticket.consent
    if consent is None:
        return
    context = {
        **of_ticket(ticket),
        "consent": consent.pk,
        "text": consent.text,
        "text_sha256": consent.text_sha256,
        "sha256": consent.sha256,
        "button": consent.button_label,
        "box": consent.box_text,
        "by": consent.by_name,
        "accepted_at": consent.at.isoformat(),
        "amount_excl": consent.amount_excl_cents,
        "amount_incl": consent.amount_incl_cents,
        "currency": consent.currency,
    }
    people = {person.pk: person for person in [ticket.opened_by, *customers.billing_contacts(ticket.customer)]}
    by_email(
        people.values(),
        kind="receipt",
        about=ticket.story,
        once=str(consent.pk),
        context=context,
        at=at,
        priority=2,
        waits=PAPER_WAIT,
    )


def rehearsed(ticket: Ticket, *, at: datetime) -> None:
    """To the one who rehearses, and nobody else: what this was, and what a real one sends."""
    context = {**of_ticket(ticket), **rehearsals.shown(ticket)}
    by_email(rehearsing(ticket), kind="rehearsed", about=ticket.story, once="", context=context, at=at)


def taken(ticket: Ticket, *, by_name: str, eta_at: datetime | None, count: int, at: datetime) -> None:
    """To the customer: who comes, and when."""
    context = {**of_ticket(ticket), "by": by_name, "eta_at": eta_at.isoformat() if eta_at else ""}
    by_email(
        customer_side(ticket), kind="taken", about=ticket.story, once=str(count), context=context, at=at, priority=2
    )


def joined(ticket: Ticket, *, person: User, at: datetime) -> None:
    """To the one who has the incident: a customer opened a ticket about it; nobody is called a second time."""
    context = {**of_ticket(ticket), "path": f"/console/cases/{ticket.ref}/"}
    by_email([person], kind="same_trouble", about=ticket.story, once="", context=context, at=at, priority=2)


def already_rung(page: Page, *, kind: str, by_name: str, except_for: int | None, at: datetime) -> None:
    """To everybody whose phone rang for this page: somebody has it, or it was cancelled. Never a link to take it."""
    rung: dict[tuple[int | None, str], Letter] = {}
    for letter in outbox.about(page.story).filter(kind="page").exclude(state__in=["queued", "withdrawn"]):
        if letter.channel == "voice" or letter.person_id == except_for:
            continue
        rung[letter.person_id, letter.address] = Letter(
            once=f"{page.story}/{kind}/{page.round}/{letter.person_id}/{letter.contact_id}",
            about=page.story,
            kind=kind,
            person=letter.person,
            name=letter.name,
            language=letter.language,
            channel=letter.channel,
            address=letter.address,
            contact=letter.contact,
            due_at=at,
            priority=1,
            context={**page.facts, "title": page.title, "by": by_name},
        )
    notifications.enqueue(rung.values(), at=at)


def said(ticket: Ticket, message: Message, *, at: datetime) -> None:
    """A word in the conversation: to the other side, and to whoever has the case."""
    people = [] if message.internal else customer_side(ticket)
    if ticket.handled_by and (message.internal or not message.by_staff):
        people = [*people, ticket.handled_by]
    others = [person for person in people if person.pk != message.author_id]
    context = {**of_ticket(ticket), "by": message.author.name, "body": message.body, "internal": message.internal}
    by_email(others, kind="message", about=ticket.story, once=str(message.pk), context=context, at=at)


def resolved(ticket: Ticket, *, at: datetime) -> None:
    """It is over, says the engineer."""
    once = (ticket.resolved_at or at).isoformat()
    by_email(
        customer_side(ticket),
        kind="resolved",
        about=ticket.story,
        once=once,
        context={**of_ticket(ticket), "summary": ticket.summary},
        at=at,
    )


def reopened(ticket: Ticket, *, by_name: str, at: datetime) -> None:
    """It was not over."""
    people = [*customer_side(ticket), *([ticket.handled_by] if ticket.handled_by else [])]
    by_email(
        people,
        kind="reopened",
        about=ticket.story,
        once=at.isoformat(),
        context={**of_ticket(ticket), "by": by_name},
        at=at,
    )


def invoice(document: Invoice, *, about: str, at: datetime) -> None:
    """An invoice or a credit note, with its PDF."""
    context = {
        "number": document.number,
        "kind": document.kind,
        "ref": document.ticket_ref,
        "amount_incl": document.amount_incl_cents,
        "amount_incl_text": money.decimal_string(document.amount_incl_cents),
        "currency": document.currency,
        "due_on": document.due_on.isoformat() if document.due_on else "",
        "path": "/bills/",
        "invoice": document.pk,
        "refers_to": document.refers_to.number if document.refers_to else "",
    }
    people = customers.billing_contacts(document.customer)
    by_email(people, kind="invoice", about=about, once=str(document.pk), context=context, at=at)


def step_was_empty(page: Page, *, at: datetime) -> None:
    """To the managers: nobody could be called at a step; the next one was rung at once."""
    context = {**page.facts, "title": page.title, "step": page.step + 1, "path": "/console/"}
    once = f"{page.round}/{page.step}"
    by_email(
        accounts.holders("manager"),
        kind="empty_step",
        about=page.story,
        once=once,
        context=context,
        at=at,
        priority=1,
    )


def mailbox_letters(page: Page, *, at: datetime) -> list[Letter]:
    """The provider's own mailbox: the last resort that cannot be emptied."""
    provider = accounts.provider()
    if provider is None:
        return []
    return [
        Letter(
            once=f"{page.story}/{page.round}/{page.step}/mailbox",
            about=page.story,
            kind="page",
            name=provider.name,
            language=(provider.languages or ["fr"])[0],
            channel=EMAIL,
            address=provider.email,
            due_at=at,
            priority=0,
            context={"title": page.title, **page.facts, "code": page.code},
        )
    ]
