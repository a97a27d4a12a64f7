"""What was decided about a ticket: the verdict, what waits for a second person, the dispute, and the review when more is known."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from astreinte.accounts.models import User
from astreinte.billing.models import Charge, Invoice
from astreinte.monitoring.models import Incident
from astreinte.tickets.models.case import Consent, Evidence, Ticket
from astreinte.tickets.states import DisputeState, ReviewState, VerdictState


class Verdict(models.Model):
    """One clause, one justification, the evidence it rests on. What a person decided."""

    state = models.CharField(max_length=12, choices=VerdictState.choices, default=VerdictState.GIVEN)
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="verdict")
    clause = models.SlugField(max_length=60)
    coverage = models.CharField(
        max_length=12,
        choices=[("covered", _("covered")), ("excluded", _("not covered")), ("undetermined", _("undetermined"))],
    )
    justification = models.TextField()
    evidence = models.ManyToManyField(Evidence, related_name="+")
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="+")
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, null=True, related_name="verdict")
    credit_note = models.OneToOneField(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    # what the first diagnosis of the case advised, and how sure it was: the customer had read it; empty when there was none
    forecast = models.CharField(max_length=12, blank=True, default="")
    forecast_confidence = models.CharField(max_length=6, blank=True, default="")
    # what the last one advised when this was decided
    advised = models.CharField(max_length=12, blank=True, default="")
    # the incidents of that time that were known when this was decided
    weighed = models.ManyToManyField(Incident, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["given_at"], name="verdicts_by_day"),
            models.Index(fields=["forecast", "given_at"], name="verdicts_by_forecast"),
        ]
        constraints = [
            models.CheckConstraint(
                name="no_fee_without_consent", condition=Q(charge__isnull=True) | Q(consent__isnull=False)
            ),
            models.CheckConstraint(
                name="only_an_excluded_verdict_is_billed", condition=Q(charge__isnull=True) | Q(coverage="excluded")
            ),
        ]


class ProposedVerdict(models.Model):
    """A verdict that would bill against the advice of the diagnosis: it waits for a second person (features, F5)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="proposals")
    clause = models.SlugField(max_length=60)
    justification = models.TextField()
    evidence = models.ManyToManyField(Evidence, related_name="+")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_proposal_at_a_time", fields=["ticket"], condition=Q(settled_at__isnull=True)
            )
        ]


class Dispute(models.Model):
    """The customer contests the verdict; another person decides."""

    state = models.CharField(max_length=12, choices=DisputeState.choices, default=DisputeState.OPEN)
    verdict = models.OneToOneField(Verdict, on_delete=models.PROTECT, related_name="dispute")
    reason = models.TextField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    answer_by = models.DateTimeField(null=True)  # what the customer was promised
    # the managers were told that this day comes near; that it has passed
    reminded_at = models.DateTimeField(null=True)
    late_told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["answer_by"], name="answers_to_give", condition=Q(state=DisputeState.OPEN, late_told_at=None)
            )
        ]


class Review(models.Model):
    """A verdict that bills is looked at again: an incident that was not known when it was given covers its time (features, F8)."""

    state = models.CharField(max_length=10, choices=ReviewState.choices, default=ReviewState.OPEN)
    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="reviews")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="an_incident_flags_a_verdict_once", fields=["verdict", "incident"]),
            models.UniqueConstraint(
                name="one_review_at_a_time", fields=["verdict"], condition=Q(state=ReviewState.OPEN)
            ),
        ]
