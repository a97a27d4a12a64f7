"""The states of a notification and their arrows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from astreinte.core.moves import Machine


class NotificationState(models.TextChoices):
    """Where a notification is on its way."""

    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("being sent")
    # The provider took it. That is not an answer: only a person stops an escalation.
    ACCEPTED = "accepted", _("sent")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")
    WITHDRAWN = "withdrawn", _("withdrawn")


S = NotificationState

MACHINE = Machine(
    {
        S.QUEUED: {S.SENDING, S.WITHDRAWN},
        S.SENDING: {S.ACCEPTED, S.DELIVERED, S.QUEUED, S.FAILED},
        S.ACCEPTED: {S.DELIVERED, S.FAILED},
        S.DELIVERED: set(),
        S.FAILED: set(),
        S.WITHDRAWN: set(),
    }
)
