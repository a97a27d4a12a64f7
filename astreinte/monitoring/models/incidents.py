"""Anomalies, what is said in public about them and who follows it; planned maintenance."""

import uuid
from datetime import datetime, timedelta

from django.db import models

from astreinte.accounts.models import User
from astreinte.customers.models import Server
from astreinte.monitoring.models.watched import Check
from astreinte.monitoring.states import IncidentState, MaintenanceState, Stage
from astreinte.paging.models import Page


class Incident(models.Model):
    """A confirmed anomaly."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=IncidentState.choices, default=IncidentState.OPEN)
    title = models.CharField(max_length=300)
    clause = models.SlugField(max_length=60, blank=True)
    of_check = models.ForeignKey(Check, on_delete=models.PROTECT, null=True, related_name="+")
    servers = models.ManyToManyField(Server, related_name="+")
    # the trouble it is a part of, which rings for it
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")
    # the last one it started: one that comes back may ring again
    page = models.OneToOneField(Page, on_delete=models.PROTECT, null=True, related_name="+")
    times = models.PositiveIntegerField(default=1)  # how often it started
    opened_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)  # the last time it started
    resolved_at = models.DateTimeField(null=True)
    next_update_at = models.DateTimeField(null=True)  # what was promised in public
    reminded_at = models.DateTimeField(null=True)  # whoever has it was told that this promise is late

    class Meta:
        indexes = [
            models.Index(
                fields=["next_update_at"],
                name="promises_to_keep",
                condition=models.Q(state=IncidentState.OPEN, next_update_at__isnull=False, reminded_at__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_open_incident_per_check", fields=["of_check"], condition=models.Q(state=IncidentState.OPEN)
            ),
            models.UniqueConstraint(
                name="one_suspicion_at_a_time", fields=["state"], condition=models.Q(state=IncidentState.SUSPECTED)
            ),
        ]

    @property
    def lasted(self) -> timedelta | None:
        """How long it lasted; None while it does."""
        return self.resolved_at - self.opened_at if self.resolved_at else None

    @property
    def call(self) -> Page | None:
        """The page that rings for it: its own, or that of the trouble it is a part of."""
        return self.page or (self.parent.page if self.parent else None)

    @property
    def story(self) -> str:
        """The name of this incident's story in the timeline."""
        return f"incident/{self.pk}"

    @property
    def followers_story(self) -> str:
        """Where it is written who follows, and what was sent to them: hundreds of lines nobody wants among the others."""
        return f"{self.story}/followers"


class PublicMessage(models.Model):
    """What was said in public about an incident. Never changed: a better word is a new message."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="messages")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    texts = models.JSONField()  # plain text by language; in at least one of the provider's
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # null: by itself
    next_update_at = models.DateTimeField(null=True)  # the promise made with it
    said_at = models.DateTimeField()


class Follower(models.Model):
    """A person who is told by e-mail what is said in public about an incident. Free, and no consent to anything."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="followers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_follows_an_incident_once", fields=["incident", "user"])]


class Standing(models.Manager["Maintenance"]):
    """What is or was planned: what was cancelled before it began explains nothing, to nobody."""

    def get_queryset(self) -> models.QuerySet["Maintenance"]:
        return super().get_queryset().exclude(state=MaintenanceState.CANCELLED)


class Everything(models.Manager["Maintenance"]):
    """What was cancelled as well."""


class Maintenance(models.Model):
    """A planned intervention (start included, end excluded)."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=MaintenanceState.choices, default=MaintenanceState.PLANNED)
    title = models.CharField(max_length=300)
    servers = models.ManyToManyField(Server, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    # of the provider file: the file changes it
    from_file = models.BooleanField(default=False)
    # told of this many times: planned, then each change
    revision = models.PositiveIntegerField(default=1)
    reason = models.TextField(blank=True)  # why it was cancelled, or ended early
    planned_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)  # the day before; or that it was too late for that

    objects = Standing()
    everything = Everything()

    class Meta:
        base_manager_name = "everything"
        indexes = [models.Index(fields=["end"], name="maintenance_by_end")]
        constraints = [
            models.CheckConstraint(name="a_maintenance_lasts", condition=models.Q(end__gt=models.F("start")))
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def story(self) -> str:
        """The name of this maintenance's story in the timeline."""
        return f"maintenance/{self.pk}"

    @property
    def letters_story(self) -> str:
        """Where it is written what was sent about it."""
        return f"{self.story}/letters"

    def phase(self, *, at: datetime) -> str:
        """Where it is at this instant: `planned`, `in-progress`, `over` or `cancelled`."""
        if self.state == MaintenanceState.CANCELLED:
            return "cancelled"
        return "planned" if at < self.start else "in-progress" if at < self.end else "over"
