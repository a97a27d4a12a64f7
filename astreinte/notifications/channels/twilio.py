"""Twilio's REST API, or any gateway that speaks it: what SMS and calls share."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from astreinte.notifications.channels.base import (
    BadAddress,
    Message,
    Receipt,
    TemporaryFailure,
    Transports,
    call,
    options_of,
    required,
)

# Lists are asked newest first: an attempt in doubt is seconds old, even when one phone gets ten messages a second.
LIST_SIZE = 200
LIST_BYTES = 512 * 1024
# The provider's clock and ours; its dates have no fraction.
SKEW = timedelta(seconds=2)
# What Twilio refuses because of the number called: not one, not reachable, not a mobile, asked us to stop.
NUMBER_CODES = {13224, 21211, 21214, 21217, 21401, 21421, 21610, 21612, 21614, 21635}
GONE_WRONG = {"failed", "undelivered", "canceled", "busy", "no-answer"}

Outcome = Literal["accepted", "delivered", "failed"]
Resource = Literal["Messages", "Calls"]


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account at one provider."""

    url: str
    account: str
    token: str = field(repr=False)
    sender: str

    def create(self, resource: Resource, fields: Mapping[str, Any], *, key: str, deadline_s: float) -> str:
        """Create a message or a call and return the provider's id; raises the two failures."""
        answer = call(
            self._address(resource),
            allow_private=True,  # the administrator's own choice, in the provider file
            secrets=[self.token],
            blames=_blames_number,
            data=dict(fields),
            headers={"Idempotency-Key": key},
            auth=(self.account, self.token),
            deadline_s=deadline_s,
        )
        return str(self._read(answer, "sid", str))

    def listed(self, resource: Resource, *, to: str) -> list[dict[str, Any]]:
        """The last messages or calls to this number, newest first; raises the two failures."""
        answer = call(
            self._address(resource),
            method="GET",
            allow_private=True,
            secrets=[self.token],
            blames=_blames_number,
            params={"To": to, "PageSize": str(LIST_SIZE)},
            max_bytes=LIST_BYTES,
            auth=(self.account, self.token),
        )
        return list(self._read(answer, resource.lower(), list))

    def _address(self, resource: Resource) -> str:
        return f"{self.url.rstrip('/')}/2010-04-01/Accounts/{self.account}/{resource}.json"

    def _read(self, answer: Any, name: str, kind: type[Any]) -> Any:
        """One field of the answer. Nonsense is temporary: nobody knows what happened, so look up, then try again."""
        try:
            value = answer.json()[name]
        except (ValueError, KeyError, TypeError):
            value = None
        if not isinstance(value, kind) or (kind is str and not value):
            raise TemporaryFailure(f"{urlsplit(self.url).hostname}: the answer makes no sense")
        return value


def _blames_number(_status: int, text: str) -> bool:
    try:
        code = json.loads(text).get("code")
    except (ValueError, AttributeError):
        return False
    return code in NUMBER_CODES


def accounts(kind: str, transports: Transports) -> tuple[Account, ...]:
    """The accounts of `channels.sms` or `channels.voice`, in the order of the file; raises `BadAddress`."""
    return tuple(_account(kind, options) for options in options_of(kind, transports))


def _account(kind: str, options: Mapping[str, Any]) -> Account:
    if options.get("type", "twilio") != "twilio":
        raise BadAddress(f"channels.{kind}: type must be twilio")
    required(kind, options, "url", "account", "token", "from")
    account, token = str(options["account"]), str(options["token"])
    return Account(url=str(options["url"]), account=account, token=token, sender=str(options["from"]))


def status_callback(message: Message) -> dict[str, str]:
    """Where the provider says what became of it; nothing when the installation has no address."""
    return {"StatusCallback": f"{message.base_url}/inbound/twilio/status?key={message.key}"} if message.base_url else {}


def outcome(status: str) -> Outcome:
    """What a `MessageStatus` or `CallStatus` says. A call that was picked up arrived; only a key makes it an answer."""
    if status in GONE_WRONG:
        return "failed"
    return "delivered" if status in {"delivered", "read", "completed", "received"} else "accepted"


def find(
    asked: Sequence[Account],
    resource: Resource,
    *,
    to: str,
    since: datetime,
    known: Iterable[str],
    body: str | None = None,
) -> Receipt | None:
    """The newest message or call to `to`, made since then, that is not somebody else's; `body` must match exactly."""
    others = set(known)
    for account in asked:
        for row in account.listed(resource, to=to):
            if row.get("sid") not in others and _is_ours(row, to=to, since=since, body=body):
                return Receipt(provider_ref=str(row["sid"]), will_confirm=True)
    return None


def _is_ours(row: Mapping[str, Any], *, to: str, since: datetime, body: str | None) -> bool:
    fits = row.get("to") == to and row.get("status") not in GONE_WRONG and row.get("direction") != "inbound"
    return fits and (body is None or row.get("body") == body) and _made_at(row) >= since.replace(microsecond=0) - SKEW


def _made_at(row: Mapping[str, Any]) -> datetime:
    try:
        made = parsedate_to_datetime(str(row.get("date_created")))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return made if made.tzinfo else made.replace(tzinfo=UTC)
