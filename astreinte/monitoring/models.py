"""Incidents and maintenance: what the portal shows before anybody opens a ticket."""

import uuid

from django.db import models

from astreinte.customers.models import Server
from astreinte.monitoring.states import IncidentState
from astreinte.paging.models import Page


class Incident(models.Model):
    """A confirmed anomaly."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=IncidentState.choices, default=IncidentState.OPEN)
    title = models.CharField(max_length=300)
    clause = models.SlugField(max_length=60, blank=True)
    servers = models.ManyToManyField(Server, related_name="+")
    page = models.OneToOneField(Page, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    next_update_at = models.DateTimeField(null=True)


class Maintenance(models.Model):
    """A planned intervention (start included, end excluded)."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=300)
    servers = models.ManyToManyField(Server, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_maintenance_lasts", condition=models.Q(end__gt=models.F("start")))
        ]
