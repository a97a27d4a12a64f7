"""How messages leave: one way or several, in order of preference, for each kind of channel."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from astreinte.provider_file.sections import Choice, Section
from astreinte.provider_file.values import AnyUrl, SmtpUrl, Text, WebUrl

TWILIO = "https://api.twilio.com"


class Channel(Choice):
    """A way out. Addresses may hold passwords: they are never printed."""

    type: Literal["twilio", "smtp", "webhook", "apprise"]


class Twilio(Section):
    """SMS and calls through Twilio's REST API, or a gateway that speaks it."""

    type: Literal["twilio"]
    url: WebUrl = Field(default=TWILIO, repr=False)
    account: Text
    token: Text = Field(repr=False)
    from_: Text = Field(alias="from")


class Smtp(Section):
    """E-mail through a relay."""

    type: Literal["smtp"]
    url: SmtpUrl = Field(repr=False)
    from_: Text = Field(alias="from")


class Webhook(Section):
    """JSON signed as Standard Webhooks."""

    type: Literal["webhook"]
    url: WebUrl | None = Field(default=None, repr=False)
    secret: Text | None = Field(default=None, repr=False)


class Apprise(Section):
    """Chat and push services, by their Apprise address."""

    type: Literal["apprise"]
    url: AnyUrl | None = Field(default=None, repr=False)


Channel.types = {"twilio": Twilio, "smtp": Smtp, "webhook": Webhook, "apprise": Apprise}


def one_or_several(value: Any) -> Any:
    """A mapping alone stands for a list of one."""
    return [value] if isinstance(value, dict) else value


Ways = Annotated[tuple[Channel, ...], BeforeValidator(one_or_several)]


class Channels(Section):
    """Each kind of message, and its ways out, the preferred one first."""

    KINDS: ClassVar[tuple[str, ...]] = ("sms", "voice", "email", "webhook", "apprise")

    sms: Ways = ()
    voice: Ways = ()
    email: Ways = ()
    webhook: Ways = ()
    apprise: Ways = ()
