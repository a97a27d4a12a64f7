"""The states of a check, of an incident and of a maintenance, and their arrows."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from astreinte.core.moves import Machine


class CheckState(models.TextChoices):
    """What is believed of one thing watched, once enough results in a row say so."""

    UNKNOWN = "unknown", _("not known yet")
    UP = "up", _("in order")
    DOWN = "down", _("down")


class IncidentState(models.TextChoices):
    """Where an incident is in its life."""

    SUSPECTED = "suspected", _("suspected")  # by several tickets at once; an engineer says whether it is one
    OPEN = "open", _("in progress")
    RESOLVED = "resolved", _("resolved")


class Stage(models.TextChoices):
    """How far those who work on an incident are, as the public is told."""

    INVESTIGATING = "investigating", _("we are looking for the cause")
    IDENTIFIED = "identified", _("we know the cause")
    MONITORING = "monitoring", _("mended, we keep an eye on it")
    RESOLVED = "resolved", _("it is over")


class MaintenanceState(models.TextChoices):
    """Whether a maintenance still stands; its hours say whether it is to come, in progress or over."""

    PLANNED = "planned", _("planned")
    CANCELLED = "cancelled", pgettext_lazy("a maintenance", "cancelled")


class SourceKind(models.TextChoices):
    """Who speaks to us without a login."""

    ALERTMANAGER = "alertmanager", "Alertmanager"
    ALERTS = "alerts", _("other monitoring")
    HEARTBEAT = "heartbeat", _("heartbeat")
    SITE = "site", _("vantage point")


class SubscriberKind(models.TextChoices):
    """How somebody is told of what is said in public."""

    EMAIL = "email", _("e-mail")
    WEBHOOK = "webhook", _("webhook")


C = CheckState

CHECK = Machine({C.UNKNOWN: {C.UP, C.DOWN}, C.UP: {C.DOWN}, C.DOWN: {C.UP}})
S = IncidentState
MACHINE = Machine({S.SUSPECTED: {S.OPEN, S.RESOLVED}, S.OPEN: {S.RESOLVED}, S.RESOLVED: {S.OPEN}})
MAINTENANCE = Machine({MaintenanceState.PLANNED: {MaintenanceState.CANCELLED}, MaintenanceState.CANCELLED: set()})
