"""Whom the public status page writes to."""

from django.db import models

from astreinte.monitoring.states import SubscriberKind


class Subscriber(models.Model):
    """Whom the status page writes to: an address and nothing else of them. Gone when they leave, or never confirmed."""

    kind = models.CharField(max_length=10, choices=SubscriberKind.choices)
    # an e-mail address; or the address of a webhook with its secret, encrypted
    address = models.TextField()
    # a keyed digest, by which the same address is found again
    digest = models.CharField(max_length=64)
    language = models.CharField(max_length=5)
    components = models.JSONField(default=list)  # their keys; none: everything
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_subscriber_per_address", fields=["digest"], condition=models.Q(confirmed_at__isnull=False)
            ),
            models.UniqueConstraint(
                name="one_question_per_address", fields=["digest"], condition=models.Q(confirmed_at=None)
            ),
        ]

    @property
    def story(self) -> str:
        """The name of this subscriber's story: it names nobody."""
        return f"subscriber/{self.pk}"


class SubscriptionRequest(models.Model):
    """Somebody asked to subscribe an address: counted for two days, so that nobody floods another's mailbox. Digests alone."""

    address_key = models.CharField(max_length=64)
    source_key = models.CharField(max_length=64)
    written = models.BooleanField()  # a message left
    at = models.DateTimeField(db_index=True)


class Announcement(models.Model):
    """A public word that the subscribers were told of: once."""

    key = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField()
