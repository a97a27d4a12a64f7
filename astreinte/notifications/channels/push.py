"""Everybody else's chat and push services, through Apprise: Slack, Teams, Telegram, ntfy and a hundred more."""

import logging
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlsplit

from astreinte.core import outbound
from astreinte.core.texts import plain
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
    judge,
    options_of,
    param,
    register,
)

# The loudest each service offers, in its own words, wherever it has such a word.
LOUDEST = ("emergency", "max", "critical", "urgent", "high", "P1")
# These speak to the machine we run on, or read its files: never what a person's address should do.
LOCAL_ONLY = {"dbus", "gio", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"}
READS_FILES = {"template", "cert", "key", "cafile", "sshkey"}


@register
@dataclass(frozen=True, kw_only=True)
class Apprise(Channel):
    """A chat or push service, by its Apprise URL. Its word is all there is: no receipt follows."""

    kind: ClassVar[str] = "apprise"
    label: ClassVar[str] = _("Chat or push service")

    # The whole URL is a secret: most services carry their token in it.
    url: str = field(repr=False, metadata=param(label=_("Apprise URL"), secret=True).metadata)
    allow_private: bool = False

    @classmethod
    def reach(cls, address: Any, *, transports: Transports) -> Self:
        options = next(iter(options_of(cls.kind, transports)), {})
        url = str(address["url"] if isinstance(address, Mapping) and "url" in address else address).strip()
        _allowed(url)
        if _service(url) is None:
            raise BadAddress("this is not an Apprise URL that can be used")
        return cls(url=url, allow_private=bool(options.get("allow_private", False)))

    def send(self, message: Message, *, deadline_s: float = DEADLINE_S) -> Receipt:
        service = _service(_loud(self.url) if message.code else self.url)
        self._check_host(service)
        urgent = _library().NotifyType.FAILURE if message.code else _library().NotifyType.INFO
        collection = _library().Apprise(asset=_asset())
        collection.add(service)
        title = plain(message.repeat + message.subject, limit=300, one_line=True)
        result = collection.notify(body=_text(message), title=title, notify_type=urgent, timeout=deadline_s)
        if not result:
            _judge(result, name=str(service.service_name))
        return Receipt(provider_ref="", will_confirm=False)

    def _check_host(self, service: Any) -> None:
        """Apprise opens its own sockets: the host it will call is checked just before, and redirects are off.

        A name that changes its answer between the two look-ups is not caught here; put an egress rule behind it.
        """
        host = str(getattr(service, "host", "") or "")
        if "." not in host and ":" not in host and host != "localhost":
            return  # a token, not a name: the service's own public address is compiled into Apprise
        try:
            outbound.checked_addresses(
                host, int(getattr(service, "port", None) or 443), allow_private=self.allow_private
            )
        except outbound.OutboundRefused as refused:
            raise PermanentFailure(str(refused), blames_address=True) from None
        except OSError:
            raise TemporaryFailure("the name of the service does not resolve") from None


def _text(message: Message) -> str:
    return plain(message.body) if message.link in message.body else plain(f"{message.body}\n{message.link}")


def _judge(result: Any, *, name: str) -> None:
    """Apprise says yes or no; the HTTP status is only in its log. Without one, it is temporary."""
    said = " ".join(str(entry) for entry in result.logs())
    status = re.search(r"error=(\d{3})\b", said)
    if status:
        judge(int(status.group(1)), text=f"{name}: HTTP {status.group(1)}", blames_address=True)
    raise TemporaryFailure(f"{name}: not accepted ({result.status.name.lower()})")


def _allowed(url: str) -> None:
    parts = urlsplit(url)
    asked = {name.lower().lstrip("+-:") for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    if parts.scheme.lower() in LOCAL_ONLY or asked & READS_FILES:
        raise BadAddress("this Apprise service speaks to this machine or reads its files: it is not offered")


def _loud(url: str) -> str:
    """The same URL, asking for the loudest priority the service knows, unless the person chose one."""
    words = _priorities(urlsplit(url).scheme.lower())
    best = next((word for word in LOUDEST if word in words), None)
    if best is None or re.search(r"[?&](priority|severity)=", url):
        return url
    return f"{url}{'&' if '?' in url else '?'}priority={best}"


@cache
def _priorities(scheme: str) -> tuple[str, ...]:
    _library()
    from apprise.manager_plugins import NotificationManager

    manager = NotificationManager()
    if scheme not in manager.schemas():
        return ()
    values = manager[scheme].template_args.get("priority", {}).get("values") or ()
    return tuple(str(word) for word in (values.values() if isinstance(values, Mapping) else values))


def _service(url: str) -> Any:
    try:
        return _library().Apprise.instantiate(url, asset=_asset(), suppress_exceptions=True)
    except TypeError:
        return None


@cache
def _asset() -> Any:
    return _library().AppriseAsset(app_id="Astreinte", app_desc="Astreinte", http_redirects=False, async_mode=False)


def load() -> None:
    """Load the library and its plugins now rather than with the first message."""
    _library()


@cache
def _library() -> Any:
    """Imported at the first use (1 to 3 s). Its log and urllib3's are kept quiet: they spell out the URLs."""
    import apprise

    with warnings.catch_warnings():
        # One of its plugins asks for a module that Python 3.13 drops; it has its own fallback.
        warnings.simplefilter("ignore", DeprecationWarning)
        apprise.Apprise.instantiate("json://localhost")
    for name in ("apprise", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger(name).addHandler(logging.NullHandler())
        logging.getLogger(name).propagate = False
    return apprise
