"""The ways to reach a person. `make(kind, address, transports)` gives a channel; `CHANNELS` lists them for forms and docs."""

from astreinte.notifications.channels import email, push, sms, voice, webhook
from astreinte.notifications.channels.base import (
    CHANNELS,
    Attachment,
    BadAddress,
    Channel,
    Message,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    Transports,
    make,
)

__all__ = [
    "CHANNELS",
    "Attachment",
    "BadAddress",
    "Channel",
    "Message",
    "PermanentFailure",
    "Receipt",
    "TemporaryFailure",
    "Transports",
    "email",
    "make",
    "push",
    "sms",
    "voice",
    "webhook",
]
