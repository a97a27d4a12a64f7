"""Checks, incidents, maintenance, and the alerts of other monitoring: what is known of servers without a ticket."""

import uuid
from datetime import datetime, timedelta

from django.db import models

from astreinte.accounts.models import User
from astreinte.core.fields import MillisecondField, SecondField
from astreinte.customers.models import ManagedService, Server
from astreinte.monitoring.states import CheckState, IncidentState, MaintenanceState, SourceKind, Stage
from astreinte.paging.models import Page


class Check(models.Model):
    """One thing watched. Its parameters are those of its service, which may hold a password: they are read from there alone."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    server = models.ForeignKey(Server, on_delete=models.PROTECT, related_name="checks")
    # gone with the service; the check stays for its history, and is looked at no more
    service = models.OneToOneField(ManagedService, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    where = models.CharField(max_length=300)
    interval_s = models.PositiveIntegerField()
    down_after = models.PositiveSmallIntegerField()
    up_after = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=CheckState.choices, default=CheckState.UNKNOWN)
    since = models.DateTimeField(null=True)
    against = models.PositiveIntegerField(default=0)  # results in a row that say otherwise
    due_at = models.DateTimeField(null=True)  # null: not looked at any more
    looked_at = models.DateTimeField(null=True)
    took_ms = models.PositiveIntegerField(null=True)
    saw = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="checks_due", condition=models.Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.kind} {self.where}"

    @property
    def story(self) -> str:
        """The name of this check's story in the timeline."""
        return f"check/{self.pk}"

    @property
    def is_watched(self) -> bool:
        return self.due_at is not None


class Result(models.Model):
    """What one look saw. Forgotten after two days, but for what surrounds an incident: see leftovers.py."""

    pk = models.CompositePrimaryKey("of_check", "at")
    of_check = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = MillisecondField()
    up = models.BooleanField()
    took_ms = models.PositiveIntegerField()
    saw = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=20, blank=True)


class Rollup(models.Model):
    """The looks of five minutes, an hour or a day (UTC) of one check, added up as they arrive; trouble of our own is left out."""

    pk = models.CompositePrimaryKey("of_check", "span_s", "start")
    of_check = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="+", db_index=False)
    span_s = models.PositiveIntegerField()
    start = SecondField()
    looks = models.PositiveIntegerField()
    failures = models.PositiveIntegerField()
    ms_total = models.PositiveIntegerField()  # of the looks that found it in order
    ms_max = models.PositiveIntegerField()

    @property
    def ms_mean(self) -> int | None:
        """How long a look took that found it in order; None when none did."""
        well = self.looks - self.failures
        return round(self.ms_total / well) if well else None


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


class AlertSource(models.Model):
    """A program that tells us what fails, or that must be heard of regularly. Its key is in its address: only the SHA-256 is kept."""

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=SourceKind.choices)
    key_sha256 = models.CharField(max_length=64)
    # whose alerts they are when they do not say
    server = models.ForeignKey(Server, on_delete=models.PROTECT, null=True, related_name="+")
    every_s = models.PositiveIntegerField(null=True)
    cron = models.TextField(blank=True)
    grace_s = models.PositiveIntegerField(default=0)
    proves = models.CharField(max_length=20, blank=True)
    since = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)  # the job behind a heartbeat said that it starts
    due_at = models.DateTimeField(null=True)  # a heartbeat that is not heard by then is late
    matched_at = models.DateTimeField(null=True)  # the last time an alert was about a server of ours
    window_at = models.DateTimeField(null=True)  # requests are counted from then on
    window_count = models.PositiveIntegerField(default=0)
    refused_at = models.DateTimeField(null=True)  # the last time there were too many of them
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_source_per_key", fields=["key_sha256"], condition=models.Q(is_active=True)
            )
        ]

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """What a source says is wrong, from its first word to "resolved"."""

    source = models.ForeignKey(AlertSource, on_delete=models.PROTECT, related_name="alerts")
    fingerprint = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    labels = models.JSONField(default=dict)
    server = models.ForeignKey(Server, on_delete=models.PROTECT, null=True, related_name="+")
    # none while a maintenance explains it
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="alerts")
    firing = models.BooleanField(default=True)
    times = models.PositiveIntegerField(default=1)  # how often the source said so
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["source", "fingerprint"], name="alerts_by_fingerprint")]
        constraints = [
            models.UniqueConstraint(
                name="one_firing_alert_per_fingerprint",
                fields=["source", "fingerprint"],
                condition=models.Q(firing=True),
            )
        ]

    def __str__(self) -> str:
        return self.name
