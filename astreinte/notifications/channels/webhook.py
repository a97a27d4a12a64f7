"""Webhooks: JSON signed as Standard Webhooks; the id is the key, so that a copy is known for a copy."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from astreinte.core.texts import plain
from astreinte.notifications.channels.base import (
    DEADLINE_S,
    BadAddress,
    Channel,
    Message,
    Receipt,
    Transports,
    _,
    call,
    options_of,
    param,
    register,
)

# An echo is shorter.
SAID = 500


def http_address(text: str) -> str:
    """The address, tidied; raises `ValueError` with a sentence."""
    parts = urlsplit(str(text).strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("a webhook needs an http or https address")
    return parts.geturl()


def signing_secret(text: str) -> str:
    """The secret, if Standard Webhooks can use it (`whsec_` and base64); raises `ValueError` with a sentence."""
    from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

    try:
        Webhook(text)
    except (ValueError, EmptyWebhookSecretError):
        raise ValueError("a webhook secret is written whsec_ followed by base64") from None
    return text


@register
@dataclass(frozen=True, kw_only=True)
class Webhook(Channel):
    """A POST to another program. Its 2xx is all there is: no receipt follows. Unsigned when there is no secret."""

    kind: ClassVar[str] = "webhook"
    label: ClassVar[str] = _("Webhook")

    url: str = param(label=_("Address"), check=http_address)
    secret: str = param(label=_("Signing secret"), check=signing_secret, secret=True, default="")
    allow_private: bool = False

    @classmethod
    def reach(cls, address: Any, *, transports: Transports) -> Self:
        """From `{url, secret}`, its JSON, or a bare URL, which takes the installation's secret if there is one."""
        options = next(iter(options_of(cls.kind, transports)), {})
        given = _given(address)
        try:
            url = http_address(str(given.get("url", "")))
            secret = given.get("secret") or options.get("secret") or ""
            return cls(
                url=url,
                secret=signing_secret(str(secret)) if secret else "",
                allow_private=bool(options.get("allow_private", False)),
            )
        except ValueError as error:
            raise BadAddress(str(error)) from None

    def send(self, message: Message, *, deadline_s: float = DEADLINE_S) -> Receipt:
        content = body(message)
        # The path and the query of a webhook often are its password.
        parts = urlsplit(self.url)
        secrets = [self.secret, parts.password or "", parts.query, parts.path.strip("/")]
        headers = self._headers(message, content=content)
        answer = call(
            self.url,
            blames=_always,
            allow_private=self.allow_private,
            secrets=secrets,
            content=content.encode(),
            headers=headers,
            deadline_s=deadline_s,
        )
        return Receipt(provider_ref=message.key, will_confirm=False, said=answer.text[:SAID])

    def _headers(self, message: Message, *, content: str) -> dict[str, str]:
        headers = {
            "content-type": "application/json",
            "webhook-id": message.key,
            "webhook-timestamp": str(int(message.at.timestamp())),
        }
        if self.secret:
            from standardwebhooks.webhooks import Webhook as Signer

            headers["webhook-signature"] = Signer(self.secret).sign(message.key, message.at, content)
        return headers


def _given(address: Any) -> Mapping[str, Any]:
    if isinstance(address, Mapping):
        return address
    if not str(address).lstrip().startswith("{"):
        return {"url": address}
    try:
        return dict(json.loads(address))
    except (ValueError, TypeError):
        raise BadAddress("a webhook is a bare address, or {url, secret}") from None


def _always(_status: int, _text: str) -> bool:
    """There is no provider in between: a refusal is always the address's."""
    return True


def body(message: Message) -> str:
    """The JSON that is signed and sent: the same bytes at every attempt of one copy."""
    kind = str(message.data.get("type") or message.data.get("kind") or "notification")
    told = {name: plain(getattr(message, name)) for name in ("subject", "body", "short", "link", "code", "language")}
    data = {**message.data, **told, "key": message.key, "copy": message.copy}
    return json.dumps({"type": kind, "data": data}, ensure_ascii=True, sort_keys=True, default=str)
