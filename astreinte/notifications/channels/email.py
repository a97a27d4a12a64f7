"""E-mail over SMTP: plain text, threaded by ids that we set, marked as automatic (RFC 3834)."""

import re
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import partial
from typing import Any, ClassVar, Self
from urllib.parse import unquote, urlsplit

from astreinte.core.mailout import Security, Server, smtp_connection
from astreinte.core.outbound import OutboundFailed, OutboundRefused
from astreinte.core.texts import plain, redact
from astreinte.notifications.channels.base import (
    DEADLINE_S,
    BadAddress,
    Channel,
    Message,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    Transports,
    _,
    first_that_takes,
    options_of,
    param,
    register,
    required,
)

PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
SECURITY: dict[str, Security] = {"smtp": "none", "smtps": "tls", "smtp+starttls": "starttls"}
# Good enough to refuse a slip of the finger; the mail server has the last word (RFC 5321, 4.5.3.1 for the lengths).
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]\x00-\x1f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?")


def mailbox(text: str) -> str:
    """The address, tidied; raises `ValueError` with a sentence."""
    tidy = str(text).strip()
    if not _ADDRESS.fullmatch(tidy):
        raise ValueError(f"{tidy[:60]} is not an e-mail address")
    return tidy


@dataclass(frozen=True, kw_only=True)
class Relay:
    """One mail server, from `smtp://`, `smtps://` or `smtp+starttls://user:password@host:port`."""

    server: Server
    sender: str

    def send(self, letter: EmailMessage, *, to: str, deadline_s: float) -> None:
        """Hand the letter over; raises the two failures."""
        try:
            with smtp_connection(self.server, deadline_s=deadline_s) as smtp:
                smtp.send_message(letter, from_addr=self.sender, to_addrs=[to])
        except OutboundRefused as refused:
            raise PermanentFailure(self._safe(refused)) from None
        except OutboundFailed as failed:
            raise TemporaryFailure(self._safe(failed.reason)) from None
        except smtplib.SMTPException as error:
            self._judge(error)

    def _judge(self, error: smtplib.SMTPException) -> None:
        """4xx is temporary, 5xx permanent (RFC 5321, 4.2.1); what has no code is temporary."""
        code, said = _reply(error)
        text = self._safe(f"{self.server.host}: SMTP {code or type(error).__name__} {said}".strip())
        if 500 <= code < 600:  # noqa: PLR2004
            blames = isinstance(error, smtplib.SMTPRecipientsRefused)
            raise PermanentFailure(text, blames_address=blames, gone=blames) from None
        raise TemporaryFailure(text) from None

    def _safe(self, text: object) -> str:
        return redact(str(text), [self.server.password])


def _reply(error: smtplib.SMTPException) -> tuple[int, str]:
    code, said = 0, b""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()), (0, b""))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error  # type: ignore[assignment]
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        code = 504  # it will not learn AUTH, STARTTLS or SMTPUTF8 by being asked again
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return int(code), plain(words, limit=200, one_line=True)


@register
@dataclass(frozen=True, kw_only=True)
class Email(Channel):
    """An e-mail. The mail server's word is all there is: no receipt follows."""

    kind: ClassVar[str] = "email"
    label: ClassVar[str] = _("E-mail")

    address: str = param(label=_("E-mail address"), check=mailbox)
    relays: tuple[Relay, ...] = field(default=())

    @classmethod
    def reach(cls, address: Any, *, transports: Transports) -> Self:
        relays = tuple(_relay(options) for options in options_of(cls.kind, transports))
        if not relays:
            raise BadAddress("the provider file has no channels.email")
        try:
            return cls(address=mailbox(address), relays=relays)
        except ValueError as error:
            raise BadAddress(str(error)) from None

    def send(self, message: Message, *, deadline_s: float = DEADLINE_S) -> Receipt:
        attempts = [partial(self._send, relay, message) for relay in self.relays]
        return first_that_takes(attempts, deadline_s=deadline_s)

    def _send(self, relay: Relay, message: Message, deadline_s: float) -> Receipt:
        letter = written(message, to=self.address, sender=relay.sender)
        relay.send(letter, to=self.address, deadline_s=deadline_s)
        return Receipt(provider_ref=str(letter["Message-ID"]), will_confirm=False)


def written(message: Message, *, to: str, sender: str) -> EmailMessage:
    """The letter. Its Message-ID comes from the key: the same at every attempt, so that a copy is known for a copy."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(addr_spec=sender)
    letter["To"] = Address(addr_spec=to)
    letter["Subject"] = plain(message.repeat + message.subject, limit=300, one_line=True)
    letter["Date"] = format_datetime(message.at)
    letter["Message-ID"] = message.message_id or f"<{message.key}@{sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    letter["Content-Language"] = "fr" if message.is_french else "en"
    threading = {"In-Reply-To": message.in_reply_to, "References": message.references, "Reply-To": message.reply_to}
    for name, value in threading.items():
        if value:
            letter[name] = plain(value, one_line=True, limit=2000)
    if message.unsubscribe:
        letter["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(plain(message.body))
    for file in message.attachments:
        main, _slash, sub = file.media_type.partition("/")
        letter.add_attachment(
            file.content, maintype=main, subtype=sub or "octet-stream", filename=plain(file.name, limit=200)
        )
    return letter


def _relay(options: Mapping[str, Any]) -> Relay:
    required("email", options, "url", "from")
    try:
        parts = urlsplit(str(options["url"]))
        host, port = parts.hostname, parts.port or PORTS[parts.scheme]
        sender = mailbox(options["from"])
    except (ValueError, KeyError):
        host = None
    if not host:
        # Neither the address nor the password is repeated.
        raise BadAddress("channels.email: url must be smtp://user:password@host:port, and from an e-mail address")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    security = SECURITY[parts.scheme]
    server = Server(host=host, port=port, security=security, allow_private=True, user=user, password=password)
    return Relay(server=server, sender=sender)
