"""Escalation policies as they are configured, and pages, each with the plan frozen when it started."""

import uuid

from django.db import models

from astreinte.accounts.models import User
from astreinte.paging.states import PageState


class EscalationPolicy(models.Model):
    """Who is called, after how long; the whole round again for ever."""

    name = models.SlugField(max_length=60, unique=True)
    repeat_every_s = models.PositiveIntegerField()
    # never empty: when a whole round finds nobody, these ring; without any, the whole staff and the provider's mailbox
    last_resort = models.JSONField(default=list)


class Step(models.Model):
    """One step of a policy: these targets, this long after the start of the round."""

    policy = models.ForeignKey(EscalationPolicy, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    after_s = models.PositiveIntegerField()
    notify = models.JSONField(default=list)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="a_step_has_its_place", fields=["policy", "position"])]


class Page(models.Model):
    """A demand for a person, until acknowledged. It has a title and facts to say; it does not know what asked for it."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=12, choices=PageState.choices, default=PageState.TRIGGERED)
    title = models.CharField(max_length=300)
    facts = models.JSONField(default=dict)
    plan = models.JSONField()
    # nobody is called, unless the plan says `only` whom: the key of the person who asked to be
    rehearsal = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    round = models.PositiveIntegerField(default=0)
    step = models.IntegerField(default=-1)
    reached = models.BooleanField(default=False)  # somebody was rung in this round
    escalates_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_via = models.CharField(max_length=20, blank=True)
    eta_at = models.DateTimeField(null=True)
    first_sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["escalates_at"], name="pages_to_escalate", condition=models.Q(state=PageState.TRIGGERED)
            ),
            models.Index(fields=["opened_at"], name="pages_open", condition=~models.Q(state=PageState.CLOSED)),
        ]

    @property
    def code(self) -> str:
        """The short code to answer by SMS: unique among pages that can be open together."""
        return str(self.pk % 10_000 or 10_000)

    def may_ring(self, person: User, *, round_: int) -> bool:
        """Whether this page may call this person: a rehearsal calls who asked for it, once, or nobody."""
        return not self.rehearsal or (self.plan.get("only") == person.pk and round_ == 0)

    @property
    def story(self) -> str:
        """The name of this page's story in the timeline."""
        return f"page/{self.pk}"
