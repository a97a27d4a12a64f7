"""The states of an invoice and their arrows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from astreinte.core.moves import Machine


class InvoiceState(models.TextChoices):
    """Where an invoice or a credit note stands."""

    DRAFT = "draft", _("draft")
    ISSUED = "issued", _("issued")
    PAID = "paid", _("paid")
    CREDITED = "credited", _("cancelled by a credit note")


S = InvoiceState

MACHINE = Machine({S.DRAFT: {S.ISSUED}, S.ISSUED: {S.PAID, S.CREDITED}, S.PAID: {S.CREDITED}, S.CREDITED: set()})
