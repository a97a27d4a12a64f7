"""What every channel promises: a receipt or one of two failures, and the same key at every attempt (rule 8)."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar
from urllib.parse import urlsplit

from astreinte.core import outbound
from astreinte.core.texts import plain, redact

# A whole attempt, all its providers included, ends within this; the outbox counts on it for its leases.
DEADLINE_S = 10.0

Transports = Mapping[str, Any]


def _(text: str) -> str:
    """Mark a sentence for translation; doors translate it."""
    return text


GONE = 410


class TemporaryFailure(Exception):  # noqa: N818 - an outcome, not an error
    """Not now: try again later. The text is safe to log and to show."""


class PermanentFailure(Exception):  # noqa: N818
    """Not this way, ever: somebody must change the address or the configuration. The text is safe to log.

    `blames_address`: it is the person's address that cannot be reached. A wrong password or a closed account is the
    installation's, and must not switch anybody's number off. `gone`: there is nobody there, and there will not be.
    """

    def __init__(self, text: str, *, blames_address: bool = False, gone: bool = False) -> None:
        super().__init__(text)
        self.blames_address, self.gone = blames_address, gone


class BadAddress(ValueError):  # noqa: N818
    """No channel can be made from that; the text says what to change, and repeats no secret."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file sent with an e-mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message to one person, already written in their language, in its four lengths.

    `key` is the same at every attempt; `at` is the instant of this attempt (aware, UTC); `copy` is 2 or more when the
    message may already have arrived, and the text then says so; `keys` offers the keypad in a call, with the words of
    `menu`; `short` ends with link and code.
    """

    key: str
    at: datetime
    subject: str
    body: str
    short: str
    spoken: str
    language: str
    link: str = ""
    code: str = ""
    base_url: str = ""
    copy: int = 1
    data: Mapping[str, Any] = field(default_factory=dict)
    message_id: str = ""
    in_reply_to: str = ""
    references: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()
    keys: bool = False
    menu: str = "page"
    # where one request ends these messages for good (RFC 8058); empty for those that nobody subscribed to
    unsubscribe: str = ""

    @property
    def is_french(self) -> bool:
        return not self.language.lower().startswith("en")

    @property
    def repeat(self) -> str:
        """What a second copy starts with; empty for the first one."""
        if self.copy < 2:  # noqa: PLR2004
            return ""
        return f"(rappel {self.copy}) " if self.is_french else f"(repeat {self.copy}) "


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The other side has it. `provider_ref` is its name for the message; `will_confirm`: a receipt is expected.

    `said`: the beginning of what a program answered, where somebody may want to know.
    """

    provider_ref: str
    will_confirm: bool
    said: str = ""


def param(
    *, label: str, check: Callable[[str], str] | None = None, secret: bool = False, default: str | None = None
) -> Any:
    """One parameter of a channel: forms and documentation are made from these. `check` returns the tidy value."""
    metadata = {"label": label, "check": check, "secret": secret}
    return field(metadata=metadata) if default is None else field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One way to reach one person. `kind` is its name in the provider file."""

    kind: ClassVar[str]
    label: ClassVar[str]
    can_look_up: ClassVar[bool] = False

    @classmethod
    def reach(cls, address: Any, *, transports: Transports) -> Self:
        """The channel to this address; raises `BadAddress`."""
        raise NotImplementedError

    def send(self, message: Message, *, deadline_s: float = DEADLINE_S) -> Receipt:
        """Send once, all providers included, in `deadline_s`; raises `TemporaryFailure` or `PermanentFailure`."""
        raise NotImplementedError(f"{self.kind}: {message.key} {deadline_s}")

    def look_up(self, message: Message, *, since: datetime, known: Iterable[str] = ()) -> Receipt | None:
        """What the provider already has of this message; None: it has nothing, sending again is safe.

        `since`: start of the attempt in doubt. `known`: references that belong to other messages. Raises
        `TemporaryFailure` when the provider cannot say.
        """
        raise NotImplementedError(f"{self.kind}: {message.key} {since} {known}")


# From the status and the body of a refusal: is it the person's address that is wrong? Status 0: refused before it left.
Blames = Callable[[int, str], bool]

CHANNELS: dict[str, type[Channel]] = {}
C = TypeVar("C", bound=type[Channel])


def register(channel: C) -> C:
    """Make a channel known under its kind."""
    CHANNELS[channel.kind] = channel
    return channel


def make(kind: str, address: Any, transports: Transports) -> Channel:
    """The channel of this kind to this address; raises `BadAddress` with a sentence that says what to change."""
    if kind not in CHANNELS:
        raise BadAddress(f"{kind} is not a channel; there are {', '.join(sorted(CHANNELS))}")
    return CHANNELS[kind].reach(address, transports=transports)


def options_of(kind: str, transports: Transports) -> list[Mapping[str, Any]]:
    """The providers of this kind, in order: the file gives one mapping or a list of them."""
    found = transports.get(kind) or []
    return [found] if isinstance(found, Mapping) else list(found)


def required(kind: str, options: Mapping[str, Any], *names: str) -> None:
    """Raise `BadAddress` unless each of these keys of `channels:` has a value."""
    for name in names:
        if not options.get(name):
            raise BadAddress(f"channels.{kind}: {name} is missing")


def first_that_takes(attempts: Sequence[Callable[[float], Receipt]], *, deadline_s: float) -> Receipt:
    """Ask each provider in turn, all within one deadline: the second takes over within the attempt (D5)."""
    temporary: list[str] = []
    permanent: list[PermanentFailure] = []
    for attempt in attempts:
        try:
            return attempt(deadline_s / len(attempts))
        except TemporaryFailure as failure:
            temporary.append(str(failure))
        except PermanentFailure as failure:
            permanent.append(failure)
    reasons = "; ".join([*temporary, *map(str, permanent)]) or "no provider is configured"
    if temporary:
        raise TemporaryFailure(reasons)
    raise PermanentFailure(
        reasons,
        blames_address=any(failure.blames_address for failure in permanent),
        gone=any(failure.gone for failure in permanent),
    )


def call(
    url: str, *, method: str = "POST", allow_private: bool, secrets: Iterable[str], blames: Blames, **options: Any
) -> outbound.Answer:
    """One HTTP exchange of a channel; what is not 2xx becomes one of the two failures, with no secret in its text."""
    go = outbound.post if method == "POST" else outbound.get
    try:
        answer = go(url, allow_private=allow_private, **options)
    except outbound.OutboundRefused as refused:
        raise PermanentFailure(redact(str(refused), secrets), blames_address=blames(0, "")) from None
    except outbound.OutboundFailed as failed:
        raise TemporaryFailure(redact(failed.reason, secrets)) from None
    judge(
        answer.status,
        text=f"{urlsplit(url).hostname}: HTTP {answer.status}{_why(answer.text)}",
        secrets=secrets,
        blames_address=blames(answer.status, answer.text),
    )
    return answer


def judge(status: int, *, text: str, secrets: Iterable[str] = (), blames_address: bool = False) -> None:
    """2xx passes; 408, 425, 429 and 5xx are temporary; the rest, redirects included, is permanent; 410 is for ever."""
    if 200 <= status < 300:  # noqa: PLR2004
        return
    temporary = status in {408, 425, 429} or status >= 500  # noqa: PLR2004
    if temporary:
        raise TemporaryFailure(redact(text, secrets))
    raise PermanentFailure(redact(text, secrets), blames_address=blames_address, gone=status == GONE)


def _why(text: str) -> str:
    """The provider's own number and sentence, where it gives them in JSON."""
    try:
        said = json.loads(text)
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    return "".join(f", {plain(str(said[name]), limit=200)}" for name in ("code", "message") if said.get(name))
