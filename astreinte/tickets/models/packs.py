"""Packs: evidence that was sealed together, each piece chained to the one before it, each pack to the pack before."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Moment(models.TextChoices):
    """What made a pack be sealed."""

    OPENING = "opening", _("at the opening")
    RESOLUTION = "resolution", _("at the resolution")
    AFTER = "after", _("half an hour after the resolution")
    VERDICT = "verdict", _("at the verdict")
    DECISION = "decision", _("at the answer to a dispute or a review")


class Pack(models.Model):
    """A pack to be sealed once it is due; then frozen, with its receipt. The format is that of verify.py."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="packs")
    moment = models.CharField(max_length=12, choices=Moment.choices)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    number = models.PositiveIntegerField(null=True)
    sealed_at = models.DateTimeField(null=True)
    receipt = models.TextField(blank=True)  # canonical JSON
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="packs_due", condition=Q(sealed_at__isnull=True))]
        constraints = [
            models.UniqueConstraint(name="packs_of_a_ticket_are_counted", fields=["ticket", "number"]),
            models.CheckConstraint(
                name="a_sealed_pack_has_its_receipt",
                condition=Q(sealed_at__isnull=True, number__isnull=True) | (Q(number__gte=1) & ~Q(sha256="")),
            ),
        ]


class PackItem(models.Model):
    """A piece of evidence in its pack; `chain` is the SHA-256 of the chain up to it."""

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveIntegerField()
    evidence = models.OneToOneField("tickets.Evidence", on_delete=models.PROTECT, related_name="packed")
    chain = models.CharField(max_length=64)

    class Meta:
        ordering = ["pack_id", "number"]
        constraints = [models.UniqueConstraint(name="items_of_a_pack_are_counted", fields=["pack", "number"])]
