"""A notification in words: four lengths, in the reader's language. What cannot be rendered still leaves, as plain text."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from django.template import Context, Engine
from django.template.base import Template
from django.template.exceptions import TemplateDoesNotExist
from django.utils import translation
from django.utils.translation import gettext as _

from astreinte.notifications import links, own_words
from astreinte.notifications.models import Notification

log = structlog.get_logger()
FOLDER = Path(__file__).parent / "templates"
SHORT_LENGTH = 320
LENGTHS = ("subject", "body", "short", "spoken")
# What a channel never says is not rendered: half of the time a text takes from its row to its gateway was its e-mail's words.
UNSAID = {"sms": {"body", "spoken"}, "email": {"spoken"}}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, kw_only=True)
class Words:
    """The four lengths of a message."""

    subject: str
    body: str
    short: str
    spoken: str


@cache
def _engine() -> Engine:
    builtins = ["django.templatetags.i18n", "astreinte.notifications.templatetags.letters"]
    return Engine(dirs=[str(FOLDER)], autoescape=False, builtins=builtins)


@cache
def _template(kind: str, length: str) -> Template | None:
    try:
        return _engine().get_template(f"messages/{kind}/{length}.txt")
    except TemplateDoesNotExist:
        return None


def clean(text: str) -> str:
    """Without what a phone, a mail header or a voice cannot carry: control and direction characters, lone surrogates."""
    return _UNPRINTABLE.sub("", text)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {name: _cleaned(one) for name, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list) else value


def words(letter: Notification) -> Words:
    """Render a message. A row that cannot be rendered leaves all the same, in plain words (reliability, F25)."""
    try:
        with translation.override(letter.language):
            return _render(letter)
    except Exception:
        log.exception("message set aside: sent in plain words", notification=letter.pk, kind=letter.kind)
        return _plain(letter)


def _render(letter: Notification) -> Words:
    said = {**_cleaned(letter.context), "link": links.link(letter), "name": clean(letter.name)}
    said["unsubscribe"] = links.unsubscribe(letter)
    # plain text everywhere: an engine that escapes nothing does not say so to its contexts
    context, texts = Context(said, autoescape=False), own_words.texts(letter, said)
    unsaid = {*texts, *UNSAID.get(letter.channel, ())}
    for length in LENGTHS:
        template = _template(letter.kind, length) if length not in unsaid else None
        texts.setdefault(length, template.render(context).strip() if template else "")
    if not texts["subject"] and not texts["body"]:
        raise LookupError(letter.kind)
    return _marked(texts, rehearsal=bool(said.get("rehearsal")))


def _marked(texts: dict[str, str], *, rehearsal: bool) -> Words:
    """What is missing is said by a shorter one; whatever belongs to a rehearsal says so first."""
    subject = " ".join(texts["subject"].split())
    short = " ".join((texts["short"] or subject).split())
    spoken = " ".join((texts["spoken"] or short).split())
    body = texts["body"] or short
    if rehearsal:
        mark, aloud = _("REHEARSAL"), _("This is a rehearsal.")
        subject, body, short, spoken = f"{mark} {subject}", f"{mark}\n\n{body}", f"{mark} {short}", f"{aloud} {spoken}"
    return Words(subject=subject[:200], body=body, short=short, spoken=spoken)


def _plain(letter: Notification) -> Words:
    with translation.override(letter.language):
        sentence = _("A message of the desk could not be shown. Open the console: %(about)s.") % {"about": letter.about}
    link = links.link(letter)
    text = f"{sentence} {link}".strip()
    return Words(subject=sentence, body=text, short=text, spoken=sentence)
