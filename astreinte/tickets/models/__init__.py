"""The tables of the case: what is asked, said, seen and accepted; and what was decided."""

from astreinte.tickets.models.case import (
    Attachment,
    Consent,
    Diagnosis,
    Evidence,
    Message,
    Mode,
    Receipt,
    Symptom,
    Ticket,
)
from astreinte.tickets.models.decisions import Dispute, ProposedVerdict, Review, Verdict
from astreinte.tickets.models.packs import Moment, Pack, PackItem

__all__ = [
    "Attachment",
    "Consent",
    "Diagnosis",
    "Dispute",
    "Evidence",
    "Message",
    "Mode",
    "Moment",
    "Pack",
    "PackItem",
    "ProposedVerdict",
    "Receipt",
    "Review",
    "Symptom",
    "Ticket",
    "Verdict",
]
