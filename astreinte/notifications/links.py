"""The links that messages carry: signed when the message leaves, so that the database holds nothing usable (reliability, S10)."""

import json

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, int_to_base36, urlsafe_base64_encode

from astreinte.notifications.models import Notification

# To those who asked to be told of what is public: is it really you; what happens.
CONFIRM, CHALLENGE, NEWS = "status_confirm", "status_challenge", "status_news"
# To the provider's own system: lift a ban.
LIFT = "lift_ban"
_SALT = "astreinte.take"
# 96 bits: beyond guessing, and short enough for an SMS
_SIGNATURE_LENGTH = 24


def _signature(letter: Notification) -> str:
    signed = f"{letter.pk}:{letter.about}:{letter.person_id}:{letter.address}"
    return salted_hmac(_SALT, signed, algorithm="sha256").hexdigest()[:_SIGNATURE_LENGTH]


def take_token(letter: Notification) -> str:
    """What stands after /take/ in the link of a page."""
    return f"{int_to_base36(letter.pk)}-{_signature(letter)}"


def letter_of(token: str) -> Notification | None:
    """The message whose link this is; None when the token is not one of ours."""
    number, _, signature = token.partition("-")
    if not number or len(signature) != _SIGNATURE_LENGTH:
        return None
    try:
        letter = Notification.objects.select_related("person").filter(pk=base36_to_int(number)).first()
    except ValueError:
        return None
    return letter if letter and constant_time_compare(signature, _signature(letter)) else None


def link(letter: Notification) -> str:
    """The absolute address this message carries, or an empty string."""
    if letter.kind == "page":
        return f"{settings.BASE_URL}/take/{take_token(letter)}"
    if letter.kind == "help":
        return f"{settings.BASE_URL}/join/{take_token(letter)}"
    if letter.kind == "password_reset" and letter.person:
        uid = urlsafe_base64_encode(force_bytes(letter.person.pk))
        return f"{settings.BASE_URL}/password/reset/{uid}/{default_token_generator.make_token(letter.person)}/"
    if letter.kind in {CONFIRM, CHALLENGE}:
        return f"{settings.BASE_URL}/status/confirm/{take_token(letter)}"
    if letter.kind == NEWS:
        return f"{settings.STATUS_URL}/{letter.language}/{letter.context['page']}"
    path = letter.context.get("path")
    return f"{settings.BASE_URL}{path}" if path else ""


def unsubscribe(letter: Notification) -> str:
    """Where whoever reads this ends their subscription, in one request; empty when there is none."""
    if letter.kind not in {CONFIRM, NEWS}:
        return ""
    return f"{settings.BASE_URL}/status/unsubscribe/{take_token(letter)}"


def is_echo(letter: Notification, said: str) -> bool:
    """Whether a program answered with the challenge it was sent: as it is, or as {"challenge": ...}."""
    text = said.strip()
    try:
        read = json.loads(text)
    except ValueError:
        read = text
    given = read.get("challenge") if isinstance(read, dict) else read
    return isinstance(given, str) and constant_time_compare(given, take_token(letter))
