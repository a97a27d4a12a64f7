"""The states of a ticket, a verdict, a dispute and a review, and their arrows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from astreinte.core.moves import Machine


class TicketState(models.TextChoices):
    """Where a case stands."""

    OPEN = "open", _("open")
    ACKNOWLEDGED = "acknowledged", _("taken in charge")
    RESOLVED = "resolved", _("resolved")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


class DiagnosisState(models.TextChoices):
    """Whether a diagnosis still looks."""

    RUNNING = "running", _("running")
    DONE = "done", _("done")


class VerdictState(models.TextChoices):
    """Whether a verdict stands."""

    GIVEN = "given", _("given")
    OVERTURNED = "overturned", _("overturned")


class DisputeState(models.TextChoices):
    """What became of a dispute."""

    OPEN = "open", _("being reviewed")
    UPHELD = "upheld", _("accepted")
    DISMISSED = "dismissed", _("not accepted")


class ReviewState(models.TextChoices):
    """What became of the review of a verdict."""

    OPEN = "open", _("being reviewed")
    COVERED = "covered", _("covered after all")
    STANDS = "stands", _("the verdict stands")


T, V, D, R = TicketState, VerdictState, DisputeState, ReviewState

TICKET = Machine(
    {
        T.OPEN: {T.ACKNOWLEDGED, T.CANCELLED, T.RESOLVED},
        T.ACKNOWLEDGED: {T.OPEN, T.RESOLVED},
        T.RESOLVED: {T.CLOSED, T.ACKNOWLEDGED},
        T.CLOSED: set(),
        T.CANCELLED: set(),
    }
)
DIAGNOSIS = Machine({DiagnosisState.RUNNING: {DiagnosisState.DONE}, DiagnosisState.DONE: set()})
VERDICT = Machine({V.GIVEN: {V.OVERTURNED}, V.OVERTURNED: set()})
DISPUTE = Machine({D.OPEN: {D.UPHELD, D.DISMISSED}, D.UPHELD: set(), D.DISMISSED: set()})
REVIEW = Machine({R.OPEN: {R.COVERED, R.STANDS}, R.COVERED: set(), R.STANDS: set()})
