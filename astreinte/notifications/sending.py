"""From a row of the outbox to a channel and back: one attempt, or one question to the provider. No transaction is open here."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings

from astreinte.core import outbound
from astreinte.notifications import channels, links, queries, rendering, sealing
from astreinte.notifications.channels.base import Attachment, Channel, Message, PermanentFailure, TemporaryFailure
from astreinte.notifications.models import KEYPAD, Notification
from astreinte.notifications.rules import Outcome

log = structlog.get_logger()
# What left in doubt is looked for from a little before its attempt; where its text is enough to know it, our clock, which may
# have been wrong, is not asked.
SOON, LONG = timedelta(seconds=5), timedelta(days=3650)


def _channel(letter: Notification) -> Channel:
    return channels.make(letter.channel, sealing.unseal(letter.address), _transports(letter))


def _transports(letter: Notification) -> dict[str, list[dict[str, Any]]]:
    """The providers, and whether a person's own webhook or push service may be on a private address; a stranger's never may."""
    found = dict(queries.transports())  # what is remembered is never changed
    for kind in ("webhook", "apprise"):
        known = letter.person_id is not None or letter.kind == links.LIFT or settings.DEMO
        allowed = {"allow_private": settings.PROBE_ALLOW_PRIVATE and known}
        found[kind] = [{**options, **allowed} for options in found.get(kind) or [{}]]
    return found


File = tuple[str, str, bytes]


def message(letter: Notification, *, at: datetime, files: tuple[File, ...] = ()) -> Message:
    """What a channel sends, the same at every attempt; `files` are (name, content type, bytes)."""
    words = rendering.words(letter)
    return Message(
        key=str(letter.key),
        at=at,
        subject=words.subject,
        body=words.body,
        short=words.short,
        spoken=words.spoken,
        language=letter.language,
        link=links.link(letter),
        code=str(letter.context.get("code", "")),
        base_url=settings.BASE_URL,
        copy=letter.copies,
        data=_data(letter),
        keys=letter.kind in KEYPAD,
        menu=letter.kind,
        attachments=tuple(Attachment(name=name, media_type=kind, content=content) for name, kind, content in files),
        message_id=f"<{letter.key}@{_host()}>",
        references=f"<{letter.context.get('thread', letter.about).replace('/', '.')}@{_host()}>",
        unsubscribe=links.unsubscribe(letter),
    )


def _data(letter: Notification) -> dict[str, Any]:
    more = {"challenge": links.take_token(letter)} if letter.kind == links.CHALLENGE else {}
    return {"kind": letter.kind, "about": letter.about, **letter.context, **more}


def _host() -> str:
    return str(settings.BASE_URL.partition("://")[2].partition("/")[0].partition(":")[0] or "localhost")


# The lease ended before anything was sent.
NotOurs = outbound.NoLongerWanted


def attempt(
    letter: Notification,
    *,
    at: datetime,
    files: tuple[File, ...] = (),
    is_ours: Callable[[], bool] = lambda: True,
) -> Outcome:
    """Hand the message to its channel, once. `is_ours` is asked whenever bytes are about to leave; raises NotOurs."""
    try:
        channel, ready = _channel(letter), message(letter, at=at, files=files)
        with outbound.only_while(is_ours):
            outbound.leave(lambda: None)  # asked here too: not every channel's socket is ours
            receipt = channel.send(ready)
    except NotOurs:
        raise
    except TemporaryFailure as failure:
        return Outcome(accepted=False, error=str(failure))
    except PermanentFailure as failure:
        blames, gone = failure.blames_address, failure.gone
        return Outcome(accepted=False, permanent=True, blames_address=blames, gone=gone, error=str(failure))
    except ValueError as misconfigured:
        return Outcome(accepted=False, permanent=True, error=str(misconfigured))
    except Exception as defect:
        log.exception("channel defect: message set aside", notification=letter.pk, channel=letter.channel)
        return Outcome(accepted=False, error=f"{type(defect).__name__} in the channel {letter.channel}")
    return Outcome(
        accepted=True, provider_ref=receipt.provider_ref, will_confirm=receipt.will_confirm, said=receipt.said
    )


def can_look_up(letter: Notification) -> bool:
    """Whether this message's provider can say what it already has."""
    try:
        return _channel(letter).can_look_up
    except ValueError:
        return False


def look_up(letter: Notification, *, at: datetime) -> Outcome | None:
    """Ask the provider whether it already has this message; None when it has not, or cannot tell.

    Raises TemporaryFailure when the provider does not answer now: ask again before sending again.
    """
    try:
        channel = _channel(letter)
        if not channel.can_look_up or letter.claimed_at is None:
            return None
        known = queries.references_to(letter.address)
        since = letter.claimed_at - (LONG if _is_told_by_its_text(letter) else SOON)
        receipt = channel.look_up(message(letter, at=at), since=since, known=known)
    except TemporaryFailure:
        raise
    except (PermanentFailure, ValueError):
        return None
    except Exception:
        log.exception("look-up failed", notification=letter.pk, channel=letter.channel)
        return None
    if receipt is None:
        return None
    return Outcome(accepted=True, provider_ref=receipt.provider_ref, will_confirm=receipt.will_confirm)


def _is_told_by_its_text(letter: Notification) -> bool:
    """Whether no other message can have the same text: a page's has a link of its own, and a call's is not repeated by the list."""
    return letter.channel == "sms" and letter.kind == "page"


# What a page says, when nobody reads it.
EXAMPLE = {"customer": "c", "server": "s", "symptom_words": {"fr": "s", "en": "s"}, "sentence": "s", "code": "1"}


def warm() -> None:
    """Load what a first message would wait for: words in each language, voices, credentials, connections."""
    outbound.warm()
    queries.transports()
    example = Notification(pk=0, about="page/0", kind="page", channel="voice", context=EXAMPLE)
    for example.language, _name in settings.LANGUAGES:
        channels.voice.twiml(message(example, at=datetime.min.replace(tzinfo=UTC)))
