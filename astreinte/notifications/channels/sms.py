"""SMS through Twilio's REST API: the short text, in the GSM alphabet where possible, its link and code whole."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Self

from astreinte.core.texts import plain
from astreinte.notifications.channels import gsm, phones, twilio
from astreinte.notifications.channels.base import (
    DEADLINE_S,
    BadAddress,
    Channel,
    Message,
    Receipt,
    Transports,
    _,
    first_that_takes,
    param,
    register,
)


@register
@dataclass(frozen=True, kw_only=True)
class Sms(Channel):
    """A text message, with a delivery receipt."""

    kind: ClassVar[str] = "sms"
    label: ClassVar[str] = _("SMS")
    can_look_up: ClassVar[bool] = True

    number: str = param(label=_("Mobile number"), check=phones.e164)
    accounts: tuple[twilio.Account, ...] = field(default=())

    @classmethod
    def reach(cls, address: Any, *, transports: Transports) -> Self:
        return cls(number=number(address), accounts=configured(cls.kind, transports))

    def send(self, message: Message, *, deadline_s: float = DEADLINE_S) -> Receipt:
        attempts = [partial(self._send, account, message) for account in self.accounts]
        return first_that_takes(attempts, deadline_s=deadline_s)

    def look_up(self, message: Message, *, since: datetime, known: Iterable[str] = ()) -> Receipt | None:
        return twilio.find(self.accounts, "Messages", to=self.number, since=since, known=known, body=text(message))

    def _send(self, account: twilio.Account, message: Message, deadline_s: float) -> Receipt:
        fields = {"To": self.number, "From": account.sender, "Body": text(message), **twilio.status_callback(message)}
        sid = account.create("Messages", fields, key=message.key, deadline_s=deadline_s)
        return Receipt(provider_ref=sid, will_confirm=bool(message.base_url))


def text(message: Message) -> str:
    """What is written: a second copy says so; at most 320 characters, link and code whole."""
    return gsm.fit(message.repeat + plain(message.short).strip(), tail_at=message.link)


def number(address: Any) -> str:
    """E.164, or `BadAddress` with the sentence."""
    try:
        return phones.e164(str(address))
    except ValueError as error:
        raise BadAddress(str(error)) from None


def configured(kind: str, transports: Transports) -> tuple[twilio.Account, ...]:
    """The accounts of this kind; `BadAddress` when the provider file has none."""
    found = twilio.accounts(kind, transports)
    if not found:
        raise BadAddress(f"the provider file has no channels.{kind}")
    return found
