"""Telephone calls through Twilio's REST API: the message is spoken and only a key answers; voicemail never does."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Self

from astreinte.core.texts import plain
from astreinte.notifications.channels import phones, twilio
from astreinte.notifications.channels.base import (
    DEADLINE_S,
    Channel,
    Message,
    Receipt,
    Transports,
    _,
    first_that_takes,
    param,
    register,
)
from astreinte.notifications.channels.sms import configured, number

# Long enough to wake somebody, shorter than most voicemails' patience.
RING_S = 45
# Inline TwiML may not exceed 4,000 characters, and it holds the message twice.
SPOKEN_LIMIT = 900
VOICES = {"fr": "fr-FR", "en": "en-GB"}

# The keys are the same everywhere (D3). Each maps to a verb and, for 1 to 3, the minutes until the engineer is there.
KEYS: dict[str, tuple[str, int | None]] = {
    "4": ("acknowledge", None),
    "1": ("acknowledge", 5),
    "2": ("acknowledge", 15),
    "3": ("acknowledge", 30),
    "6": ("escalate", None),
    "5": ("repeat", None),
    "*": ("repeat", None),
}
MENU = {
    "fr": (
        "Pour prendre en charge, tapez 4. Ou 1 : sur place dans 5 minutes, 2 : dans 15, 3 : dans 30. "
        "Si ce n'est pas pour vous, tapez 6. Pour réécouter, étoile."
    ),
    "en": (
        "To take charge, press 4. Or 1: there in 5 minutes, 2: in 15, 3: in 30. "
        "If it is not for you, press 6. To hear this again, press star."
    ),
}
GOODBYE = {
    "fr": "Sans réponse de votre part, nous appelons la suite.",
    "en": "Without an answer we call the next person.",
}
# By kind of message: what the keys do, and the last words to somebody who pressed none.
MENUS = {
    "page": MENU,
    "help": {
        "fr": (
            "Pour dire que vous venez, tapez 4. Ou 1 : sur place dans 5 minutes, 2 : dans 15, 3 : dans 30. "
            "Si vous ne pouvez pas, tapez 6. Pour réécouter, étoile."
        ),
        "en": (
            "To say that you are coming, press 4. Or 1: there in 5 minutes, 2: in 15, 3: in 30. "
            "If you cannot, press 6. To hear this again, press star."
        ),
    },
    "test": {
        "fr": (
            "Tapez une touche pour entendre ce qu'elle fait lors d'un vrai appel : 4 prend en charge, "
            "1, 2 et 3 disent dans combien de temps, 6 appelle la personne suivante, étoile répète."
        ),
        "en": (
            "Press a key to hear what it does in a real call: 4 takes charge, "
            "1, 2 and 3 say in how long, 6 calls the next person, star repeats."
        ),
    },
}
GOODBYES = {
    "page": GOODBYE,
    "help": {"fr": "Sans réponse de votre part, rien n'est noté.", "en": "Without an answer nothing is written down."},
    "test": {"fr": "Fin de l'essai. Au revoir.", "en": "End of the test. Goodbye."},
}


@register
@dataclass(frozen=True, kw_only=True)
class Voice(Channel):
    """A telephone call, with the keypad to answer."""

    kind: ClassVar[str] = "voice"
    label: ClassVar[str] = _("Telephone call")
    can_look_up: ClassVar[bool] = True

    number: str = param(label=_("Telephone number"), check=phones.e164)
    accounts: tuple[twilio.Account, ...] = field(default=())

    @classmethod
    def reach(cls, address: Any, *, transports: Transports) -> Self:
        return cls(number=number(address), accounts=configured(cls.kind, transports))

    def send(self, message: Message, *, deadline_s: float = DEADLINE_S) -> Receipt:
        attempts = [partial(self._send, account, message) for account in self.accounts]
        return first_that_takes(attempts, deadline_s=deadline_s)

    def look_up(
        self,
        message: Message,  # noqa: ARG002 - the list of calls does not repeat what was said
        *,
        since: datetime,
        known: Iterable[str] = (),
    ) -> Receipt | None:
        return twilio.find(self.accounts, "Calls", to=self.number, since=since, known=known)

    def _send(self, account: twilio.Account, message: Message, deadline_s: float) -> Receipt:
        fields: dict[str, Any] = {
            "To": self.number,
            "From": account.sender,
            "Twiml": twiml(message),
            "Timeout": str(RING_S),
        }
        callback = twilio.status_callback(message)
        if callback:
            fields |= {**callback, "StatusCallbackEvent": ["ringing", "answered", "completed"]}
        sid = account.create("Calls", fields, key=message.key, deadline_s=deadline_s)
        return Receipt(provider_ref=sid, will_confirm=bool(callback))


def twiml(message: Message) -> str:
    """What is said, twice, with the keys when the message asks for an answer. Also what the star key plays again."""
    from twilio.twiml.voice_response import VoiceResponse

    language = "fr" if message.is_french else "en"
    said = plain(message.repeat + message.spoken, limit=SPOKEN_LIMIT, one_line=True)
    response = VoiceResponse()
    for _turn in range(2):
        if not message.keys:
            response.say(said, language=VOICES[language])
            response.pause(length=1)
            continue
        action = f"{message.base_url}/inbound/twilio/voice?key={message.key}"
        asking = response.gather(num_digits=1, finish_on_key="", action=action, method="POST", timeout=8)
        asking.say(f"{said} {MENUS[message.menu][language]}", language=VOICES[language])
    if message.keys:
        response.say(GOODBYES[message.menu][language], language=VOICES[language])
    response.hangup()
    return str(response)


def say(sentence: str, *, language: str) -> str:
    """A last sentence, then the line is hung up: the answer to a key."""
    from twilio.twiml.voice_response import VoiceResponse

    response = VoiceResponse()
    response.say(
        plain(sentence, limit=SPOKEN_LIMIT, one_line=True), language=VOICES["en" if language == "en" else "fr"]
    )
    response.hangup()
    return str(response)
