"""The states of an incident and their arrows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from astreinte.core.moves import Machine


class IncidentState(models.TextChoices):
    """Whether it still lasts."""

    OPEN = "open", _("in progress")
    RESOLVED = "resolved", _("resolved")


MACHINE = Machine({IncidentState.OPEN: {IncidentState.RESOLVED}, IncidentState.RESOLVED: {IncidentState.OPEN}})
