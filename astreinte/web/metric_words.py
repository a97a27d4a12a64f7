"""What the provider's Prometheus said of a server, in one sentence that needs no training."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from astreinte.monitoring.models import Reading
from astreinte.monitoring.probes.base import ERRORS

TROUBLES = {
    **ERRORS,
    "denied": gettext_noop("access is denied"),
    "question": gettext_noop("it does not understand what it is asked"),
    "unavailable": gettext_noop("it is out of order"),
    "too-large": gettext_noop("its answer is too large"),
}


def said(reading: Reading, *, over: bool) -> str:
    """How many measures, or why none; `over`: nobody waits any more."""
    if reading.due_at and not over:
        return _("Measures of the server: …")
    trouble = "timeout" if reading.due_at else reading.trouble
    if trouble:
        return _("Prometheus did not answer: %(why)s") % {"why": _(TROUBLES.get(trouble, ERRORS["failed"]))}
    if not reading.facts:
        return _("Measures of the server: Prometheus knows none")
    count = len(reading.facts)
    return ngettext("Measures of the server: %d was read", "Measures of the server: %d were read", count) % count
