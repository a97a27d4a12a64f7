"""Tables every room writes: the history, its seals, and the heartbeats of the workers."""

from datetime import UTC

from django.db import models

from astreinte.core import digests


class Seal(models.Model):
    """A batch of history, chained to the batch before it."""

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    lines = models.PositiveIntegerField()
    previous_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)


class TimelineEntry(models.Model):
    """One line of history. Never changed, never deleted: a trigger refuses it; only its seal is added, once."""

    id = models.BigAutoField(primary_key=True)
    story = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=10)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    seal = models.PositiveBigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["story", "id"], name="timeline_story"),
            models.Index(fields=["id"], name="timeline_unsealed", condition=models.Q(seal__isnull=True)),
            models.Index(fields=["seal", "id"], name="timeline_seal"),
        ]

    def digest(self) -> str:
        """The SHA-256 of what this line says."""
        said = [
            self.story,
            self.subject,
            self.kind,
            self.at.astimezone(UTC).isoformat(),
            self.by_kind,
            self.by_id,
            self.by_name,
            self.data,
        ]
        return digests.sha256(digests.canonical_json(said))


class ConfigurationStamp(models.Model):
    """One row that changes whenever the configuration does: see configuration.py."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    stamp = models.CharField(max_length=32)


class Heartbeat(models.Model):
    """The last sign of life of a worker, and what it was late with."""

    worker = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)
