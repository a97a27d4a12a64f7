"""What is asked about the names of servers (DNS, the registry, certificates), and what somebody asked by *Just me?*."""

import uuid

from django.db import models

from astreinte.accounts.models import User
from astreinte.customers.models import Server


class LookUp(models.Model):
    """One thing that is asked about a name of a server, and the last answer. `found` is plain JSON, fit to be shown."""

    server = models.ForeignKey(Server, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=253)
    wanted_at = models.DateTimeField(null=True)  # somebody waits for it; null: nobody does
    claimed_at = models.DateTimeField(null=True)  # a prober asks, and has not said yet what it found
    tried_at = models.DateTimeField(null=True)  # the last time somebody was asked, whatever came of it
    looked_at = models.DateTimeField(null=True)
    found = models.JSONField(default=dict)
    error = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="a_name_is_looked_up_once", fields=["server", "kind", "name"])]
        indexes = [
            models.Index(fields=["wanted_at"], name="look_ups_wanted", condition=models.Q(wanted_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Inquiry(models.Model):
    """Somebody asks whether a site is up for everyone, or down for them alone. Forgotten after a day, or with its shared link."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    server = models.ForeignKey(Server, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=253)
    asked_by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")  # null: nobody signed in
    # where they ask from, as the desk sees it; never in what is shared
    address = models.GenericIPAddressField(null=True)
    place = models.CharField(max_length=64, blank=True, db_index=True)  # a keyed digest of it: who asks too often
    asked_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=20, blank=True)
    found = models.JSONField(default=list)  # the lines, frozen when it ended
    shared_sha256 = models.CharField(max_length=64, blank=True)
    shared_until = models.DateTimeField(null=True)
    lift_asked_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_result_per_link", fields=["shared_sha256"], condition=~models.Q(shared_sha256="")
            )
        ]

    @property
    def story(self) -> str:
        """The name of its story in the history."""
        return f"inquiry/{self.pk}"
