"""The states of a page and their arrows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from astreinte.core.moves import Machine


class PageState(models.TextChoices):
    """Whether somebody is still being called."""

    TRIGGERED = "triggered", _("ringing")
    ACKNOWLEDGED = "acknowledged", _("taken in charge")
    CLOSED = "closed", _("closed")


S = PageState

MACHINE = Machine(
    {
        S.TRIGGERED: {S.TRIGGERED, S.ACKNOWLEDGED, S.CLOSED},
        S.ACKNOWLEDGED: {S.TRIGGERED, S.CLOSED},
        S.CLOSED: set(),
    }
)
