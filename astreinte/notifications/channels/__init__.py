"""The ways to reach a person: `make(kind, address, transports)` gives one, `CHANNELS` lists them for forms and docs."""

from collections.abc import Iterable

from astreinte.core import outbound
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


def warm(kinds: Iterable[str]) -> None:
    """Load what the first message of these kinds would wait for (Apprise: 1 to 3 s). For the start of a worker."""
    outbound.warm()
    if "voice" in kinds:
        voice.say("", language="fr")
    if "apprise" in kinds:
        push.load()


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
    "warm",
    "webhook",
]
