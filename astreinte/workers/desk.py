"""The desk as a prober on another machine knows it: what am I to look at, and this is what I saw. HTTPS, verified, with a key."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from astreinte.core import outbound

MAX_BYTES = 16 * 1024 * 1024
DEADLINE_S = 20.0


class NoSuchAddress(ValueError):  # noqa: N818
    """The desk cannot be used with this address or this key; the text says why."""


class Away(Exception):  # noqa: N818
    """The desk does not answer, or answers that it cannot: try again."""


class Refused(Exception):  # noqa: N818
    """The desk answers no; the text is its sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the desk wants looked at, and what proves that we see."""

    checks: list[dict[str, Any]] = field(repr=False)
    references: list[str]
    etag: str
    last_number: int
    site: str


class Desk:
    """One desk, one key. `core` is its public address. Raises NoSuchAddress."""

    def __init__(self, core: str, *, key: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,200}", key):
            raise NoSuchAddress("Give the key of this site: --key, ASTREINTE_SITE_KEY or ASTREINTE_SITE_KEY_FILE.")
        self._url = f"{_usable(core)}/inbound/prober/{key}"
        self._client = outbound.Client(allow_private=True)

    def wishes(self, *, known: str) -> Wish | None:
        """What is to be looked at; None when it is what `known` (an ETag) says. Raises Away, Refused."""
        answer = self._ask("GET", headers={"If-None-Match": known} if known else {})
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return None
        said = _object(answer)
        return Wish(
            checks=list(said.get("checks", [])),
            references=[str(one) for one in said.get("references", [])],
            etag=str(said.get("etag", "")),
            last_number=int(said.get("last_number", 0)),
            site=str(said.get("site", "")),
        )

    def tell(self, report: dict[str, Any]) -> int:
        """Report; answers up to which number the results are taken in. Raises Away, Refused."""
        body = json.dumps(report, ensure_ascii=False, default=_plain).encode()
        answer = self._ask("POST", content=body, headers={"Content-Type": "application/json"})
        return int(_object(answer).get("last_number", 0))

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def _ask(self, method: str, **content: Any) -> outbound.Answer:
        try:
            answer = self._client.request(method, self._url, deadline_s=DEADLINE_S, max_bytes=MAX_BYTES, **content)
        except outbound.OutboundFailed as failed:
            raise Away(failed.reason) from None
        except outbound.OutboundRefused as refused:
            raise Away(str(refused)) from None
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or 300 <= answer.status < 304:  # noqa: PLR2004
            raise Away(f"HTTP {answer.status}")
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise Refused(answer.status, _sentence(answer))
        return answer


def _object(answer: outbound.Answer) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Away("this is not a desk: its answer is no JSON object")
    return found


def _sentence(answer: outbound.Answer) -> str:
    try:
        return str(_object(answer).get("title", f"HTTP {answer.status}"))
    except Away:
        return f"HTTP {answer.status}"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _usable(core: str) -> str:
    try:
        parts = urlsplit(core)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in {"http", "https"}:
        raise NoSuchAddress(f"{core} is not the address of a desk; write as in https://desk.provider.example")
    if parts.scheme == "http" and not _is_this_machine(host):
        raise NoSuchAddress(f"{core}: the key and the results must not be read on the way; write https://{host}")
    return core.rstrip("/")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
