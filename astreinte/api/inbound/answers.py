"""What the desk answers to a phone, in the person's language: a short text back, or a last sentence in the call."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.utils import translation
from django.utils.translation import gettext as _

from astreinte.accounts.models import User
from astreinte.core.refusals import Refusal
from astreinte.flows import acknowledge, add_people, try_contact
from astreinte.notifications import sending
from astreinte.notifications.channels import voice
from astreinte.notifications.models import Notification
from astreinte.paging import queries as pages
from astreinte.paging.models import Page
from astreinte.paging.rules.replies import Reply

log = structlog.get_logger()
NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def do(letter: Notification, *, verb: str, minutes: int | None, via: str, at: datetime, key: str = "") -> str:
    """Take the page this message asked about, or pass: the sentence to answer, in the person's language."""
    if letter.kind == "test":
        return _to_test(letter, verb=verb, minutes=minutes, key=key, at=at)
    page, person = pages.by_story(letter.about), letter.person
    if page is None or person is None:
        return ""
    with translation.override(letter.language):
        if not person.is_active:
            return _("You no longer work here: nothing was done.")
        eta = None if minutes is None else timedelta(minutes=minutes)
        answer = _to_help if letter.kind == "help" else _to_page
        try:
            return answer(letter, page, person, verb=verb, via=via, eta=eta, at=at)
        except Refusal as refusal:
            return _(refusal.sentence) % refusal.details


def _to_page(
    letter: Notification, page: Page, person: User, *, verb: str, via: str, eta: timedelta | None, at: datetime
) -> str:
    if verb == "escalate":
        acknowledge.decline(page, person=person, via=via, at=at)
        return _("Noted. We call the next person now.")
    acknowledge.page(page, person=person, via=via, eta=eta, at=at)
    return _taken(letter, minutes=_minutes(eta))


def _to_help(
    letter: Notification, page: Page, person: User, *, verb: str, via: str, eta: timedelta | None, at: datetime
) -> str:
    said = {"person": letter.context.get("holder", ""), "minutes": _minutes(eta)}
    if verb == "escalate":
        add_people.excuse(page, person=person, via=via, at=at)
        return _("Noted: you cannot come. %(person)s reads it on the case.") % said
    add_people.join(page, person=person, via=via, eta=eta, at=at)
    if eta:
        return _("Noted. %(person)s reads that you come in %(minutes)s minutes, and keeps the case.") % said
    return _("Noted. %(person)s reads that you come, and keeps the case.") % said


def _to_test(letter: Notification, *, verb: str, minutes: int | None, key: str, at: datetime) -> str:
    try_contact.pressed(letter, key=key, at=at)
    said = {"key": key, "minutes": minutes}
    with translation.override(letter.language):
        if verb == "escalate":
            return _("Key %(key)s. In a real call, it calls the next person.") % said
        if minutes:
            return _("Key %(key)s. In a real call, you take charge and are there in %(minutes)s minutes.") % said
        return _("Key %(key)s. In a real call, you take charge.") % said


def _minutes(eta: timedelta | None) -> int | None:
    return None if eta is None else int(eta.total_seconds() // 60)


def _taken(letter: Notification, *, minutes: int | None) -> str:
    said = {
        "customer": letter.context.get("customer", ""),
        "title": letter.context.get("title", ""),
        "minutes": minutes,
    }
    if minutes:
        return _("You have taken charge: %(customer)s, %(title)s. The customer is told: in %(minutes)s minutes.") % said
    return _("You have taken charge: %(customer)s, %(title)s. The customer is told.") % said


def text(sentence: str) -> str:
    """TwiML that texts a sentence back."""
    from twilio.twiml.messaging_response import MessagingResponse

    response = MessagingResponse()
    if sentence:
        response.message(sentence[:320])
    return str(response)


def spoken(letter: Notification, sentence: str) -> str:
    """TwiML that says a last sentence."""
    return voice.say(sentence, language=letter.language)


def goodbye(letter: Notification) -> str:
    """Nobody pressed anything: that is not an answer."""
    return voice.say(voice.GOODBYES[letter.kind]["en" if letter.language == "en" else "fr"], language=letter.language)


def again(letter: Notification, *, at: datetime) -> str:
    """The message once more, with its keys."""
    return voice.twiml(sending.message(letter, at=at))


def unasked(sent: Sequence[Notification], *, reply: Reply | None, number: str, at: datetime) -> str:
    """Somebody wrote who was not asked about that: our own people are told how to answer, a stranger nothing at all."""
    log.warning("sms that answers nothing", number=number[:20], code=reply.code if reply else "", at=at.isoformat())
    if not sent:
        if reply:
            acknowledge.overheard(reply.code, number=number[:20], via="sms", at=at)
        return NOTHING
    newest = sent[0]
    with translation.override(newest.language):
        code = newest.context.get("code", "")
        return text(_("Not understood. Answer %(code)s to take it, %(code)s e to pass it on.") % {"code": code})
