"""What may come in without a login: alerts of other monitoring systems, and heartbeats."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from astreinte.core.refusals import gettext_noop
from astreinte.provider_file.sections import Choice, Section
from astreinte.provider_file.values import Cron, Duration, Host, Key, refusal

EVERY_OR_CRON = gettext_noop("%(key)s: write either every or cron, to say when the heartbeat is expected.")


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
    """Something that must be heard of regularly; its silence is a problem."""

    type: Literal["heartbeat"]
    key: Key = Field(repr=False)
    server: Host | None = None
    every: Duration | None = None
    cron: Cron | None = None
    grace: Duration = timedelta()
    proves: Literal["backup", "monitoring"] | None = None

    @model_validator(mode="after")
    def _expected_somehow(self) -> Self:
        if (self.every is None) == (self.cron is None):
            raise refusal(EVERY_OR_CRON)
        return self


Inbound.types = {"alertmanager": Alerts, "alerts": Alerts, "heartbeat": Heartbeat}
