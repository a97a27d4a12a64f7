"""What is sent about tickets: exactly these fields, nothing else."""

import uuid
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from astreinte.api.v1.shapes.common import Shape, asked
from astreinte.api.v1.values import Amount, Instant, Minutes, Name, Sentence, Text
from astreinte.tickets.models import Symptom

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Accept(Shape):
    """The offer, accepted: its amount and the SHA-256 of its text, as `GET /offer` gave them.

    A consumer must also accept its `withdrawal_box`: `withdrawal_waived` true.
    """

    model_config = asked(
        amount_excl_vat="95.00",
        text_sha256="2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
        withdrawal_waived=False,
    )
    amount_excl_vat: Amount
    text_sha256: Sha256
    withdrawal_waived: bool = False


class TicketIn(Shape):
    """A new ticket. `urgent` rings an engineer now and needs `accept`; `standard` is free. `diagnosis`: what was seen before."""

    model_config = asked(
        server="web1.boulangerie.example",
        mode="urgent",
        symptom="mail",
        subject="Mail is down",
        body="Nobody receives anything since midnight.",
        accept=Accept.example(),
    )
    server: Name
    mode: Literal["standard", "urgent"]
    symptom: Symptom
    subject: Sentence
    body: Text = ""
    diagnosis: uuid.UUID | None = None
    accept: Accept | None = None


class MessageIn(Shape):
    """A word in the conversation; `internal` is for the staff."""

    model_config = asked(body="It works again since 2 o'clock.", internal=False)
    body: Text
    internal: bool = False


class AcknowledgeIn(Shape):
    """Somebody takes charge, and says in how many minutes they will be there."""

    model_config = asked(eta_minutes=15)
    eta_minutes: Minutes | None = None


class SuspicionIn(Shape):
    """What was suspected is one trouble, under this clause of the guarantee."""

    model_config = asked(clause="network-ours")
    clause: Name


class HandOverIn(Shape):
    """To a colleague, by address; null gives it back to the escalation."""

    model_config = asked(to="bruno@hebergement.example")
    to: Name | None = None


class AddPersonIn(Shape):
    """One more colleague, by address."""

    model_config = asked(email="lea@hebergement.example")
    email: Name


class ResolveIn(Shape):
    """What was wrong and what was done, in a sentence."""

    model_config = asked(summary="The mail service had no memory left: restarted, limit raised.")
    summary: Text


class VerdictIn(Shape):
    """One clause of the ticket's policy, or `undetermined`; `evidence` are identifiers of the ticket's evidence."""

    model_config = asked(
        clause="customer-app",
        justification="The shop's own code answers with an error.",
        evidence=["5e2d41a4-54f2-4d0e-8f6b-0b0f8f2e6d14"],
    )
    clause: Slug
    justification: Text
    evidence: Annotated[list[uuid.UUID], Field(max_length=200)] = Field(default_factory=list)


class DisputeIn(Shape):
    """Why the verdict is contested."""

    model_config = asked(reason="It was the mail server, not our shop.")
    reason: Text


class DecisionIn(Shape):
    """A manager's dated answer. Upheld: the verdict is overturned and what was invoiced is credited."""

    model_config = asked(upheld=True, reason="The logs show that the service stopped first.")
    upheld: bool
    reason: Text


class PublicMessageIn(Shape):
    """What is said in public: `texts` by language, or `text` in the language of the request. `resolve` ends the incident with it.

    `next_update_minutes` promises the next word; after the last one there is none.
    """

    model_config = asked(
        stage="identified",
        texts={"en": "A disk is full: we are making room.", "fr": "Un disque est plein : nous faisons de la place."},
        next_update_minutes=30,
        resolve=False,
    )
    stage: Literal["investigating", "identified", "monitoring", "resolved"]
    text: Text | None = None
    texts: Annotated[dict[Annotated[str, StringConstraints(max_length=5)], Text], Field(max_length=10)] | None = None
    next_update_minutes: Annotated[int, Field(ge=1, le=24 * 60)] | None = None
    resolve: bool = False


class MaintenanceIn(Shape):
    """A planned intervention: the start is included, the end is not."""

    model_config = asked(
        title="New kernel",
        servers=["web1.boulangerie.example"],
        start="2026-11-03T03:00:00Z",
        end="2026-11-03T03:30:00Z",
    )
    title: Sentence
    servers: Annotated[list[Name], Field(min_length=1, max_length=1000)]
    start: Instant
    end: Instant


class CancelMaintenanceIn(Shape):
    """Why it does not take place: those who were told of it read it."""

    model_config = asked(reason="The new disks have not arrived.")
    reason: Text
