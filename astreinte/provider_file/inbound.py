"""What may come in without a login: alerts of other monitoring systems, and heartbeats."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from astreinte.core.refusals import gettext_noop
from astreinte.provider_file.sections import Choice, Section
from astreinte.provider_file.values import Bool, Cron, Duration, Host, Key, Text, refusal

EVERY_OR_CRON = gettext_noop("%(key)s: write either every or cron, to say when the heartbeat is expected.")
NO_SERVER = gettext_noop("%(key)s: a listing is of the copies of one server: write server, and proves: backup.")
NO_LISTING = gettext_noop("%(key)s: younger_than and pattern are about the listing of the copies: write listing: true.")
NO_AGE = gettext_noop("%(key)s: younger_than cannot be 0s.")


class Inbound(Choice):
    """A door for programs. Its key is in its address: it is never printed."""

    type: Literal["alertmanager", "alerts", "heartbeat"]


class Alerts(Section):
    """Alertmanager, or any other monitoring; `server` when the alerts do not name theirs; `every`: its silence is a problem."""

    type: Literal["alertmanager", "alerts"]
    key: Key = Field(repr=False)
    server: Host | None = None
    every: Duration | None = None
    grace: Duration = timedelta()


class Heartbeat(Section):
    """Something that must be heard of regularly; its silence is a problem. With `listing` it brings that of the copies of a backup."""

    type: Literal["heartbeat"]
    key: Key = Field(repr=False)
    server: Host | None = None
    every: Duration | None = None
    cron: Cron | None = None
    grace: Duration = timedelta()
    proves: Literal["backup", "monitoring"] | None = None
    listing: Bool = False
    younger_than: Duration | None = None
    pattern: Text | None = None

    @model_validator(mode="after")
    def _expected_somehow(self) -> Self:
        """With a listing the age of the newest copy alone may say when it is expected."""
        both = self.every is not None and self.cron is not None
        neither = self.every is None and self.cron is None
        if both or (neither and not self.listing):
            raise refusal(EVERY_OR_CRON)
        return self

    @model_validator(mode="after")
    def _of_a_backup(self) -> Self:
        if self.listing and not (self.server and self.proves == "backup"):
            raise refusal(NO_SERVER)
        if not self.listing and (self.younger_than is not None or self.pattern):
            raise refusal(NO_LISTING)
        if self.younger_than == timedelta():
            raise refusal(NO_AGE)
        return self


Inbound.types = {"alertmanager": Alerts, "alerts": Alerts, "heartbeat": Heartbeat}
