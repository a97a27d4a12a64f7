"""What is watched, from where, what was seen, and what the provider's own systems say and measure of a server."""

import uuid

from django.db import models

from astreinte.accounts.models import User
from astreinte.core.fields import MillisecondField, SecondField
from astreinte.customers.models import ManagedService, Server
from astreinte.monitoring.states import CheckState


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
    claimed_at = models.DateTimeField(null=True)  # a prober looks, and has not said yet what it saw
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
    # from where; nothing is the site of the desk itself
    site = models.ForeignKey("Site", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)


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


class ServerFact(models.Model):
    """What the provider's own systems last said of one thing on a server (a panel, a firewall, a log reader)."""

    server = models.ForeignKey(Server, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=300, blank=True)
    value = models.JSONField()
    source = models.CharField(max_length=20)
    detail = models.TextField(blank=True)
    observed_at = models.DateTimeField()
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_word_on_each_thing", fields=["server", "kind", "subject", "source"])
        ]


class Reading(models.Model):
    """What the provider's Prometheus last said of a server. Asked while a diagnosis looks, by whichever prober takes it."""

    server = models.OneToOneField(Server, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)  # somebody waits for it since then; null: nobody
    claimed_at = models.DateTimeField(null=True)  # a prober asks, and has not said yet what it heard
    read_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=list)  # facts.md, 1
    trouble = models.CharField(max_length=20, blank=True)  # why nothing was heard
    unanswered = models.JSONField(default=dict)  # question -> why it has no answer

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="readings_due", condition=models.Q(due_at__isnull=False))]
