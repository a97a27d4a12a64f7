"""Programs that tell us what fails, and what they said."""

from django.db import models

from astreinte.customers.models import Server
from astreinte.monitoring.models.incidents import Incident
from astreinte.monitoring.states import SourceKind


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
    # a heartbeat that brings the listing of the copies of a backup: how young the newest must be; null: it brings none
    younger_than_s = models.PositiveIntegerField(null=True)
    pattern = models.CharField(max_length=200, blank=True)
    newest_at = models.DateTimeField(null=True)  # when the newest whole copy of its last listing was made
    saw = models.CharField(max_length=200, blank=True)  # what its last listing says, in words
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
