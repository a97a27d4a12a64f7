"""Places that are looked from, where there are several, and what is believed from each."""

from django.db import models

from astreinte.customers.models import Server
from astreinte.monitoring.models.sources import AlertSource
from astreinte.monitoring.models.watched import Check
from astreinte.monitoring.states import CheckState


class Site(models.Model):
    """A place that is looked from: a prober on another machine, or the desk's own (`main`). Its source says when it is silent or blind."""

    name = models.CharField(max_length=60, unique=True)
    source = models.OneToOneField(AlertSource, on_delete=models.PROTECT, related_name="site")
    # what it looks at; none: everything
    servers = models.ManyToManyField(Server, related_name="+")
    blind_at = models.DateTimeField(null=True)  # since when none of its references answer
    # results are numbered where they are made: what was taken in up to here is not taken in twice
    last_number = models.BigIntegerField(default=0)
    checks = models.PositiveIntegerField(default=0)  # how many it says it looks at
    kept = models.PositiveIntegerField(default=0)  # results it still holds for us
    dropped = models.PositiveIntegerField(default=0)  # results it gave up: too old, or too many
    off_ms = models.IntegerField(default=0)  # how far its clock is behind ours

    def __str__(self) -> str:
        return self.name


class Sight(models.Model):
    """What is believed of a check from one site, where there are several; what they agree on is the state of the check."""

    of_check = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="sights")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    believed = models.CharField(max_length=10, choices=CheckState.choices, default=CheckState.UNKNOWN)
    since = models.DateTimeField(null=True)
    against = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)  # the last look that counted
    took_ms = models.PositiveIntegerField(null=True)
    saw = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="a_site_sees_a_check_once", fields=["of_check", "site"])]
