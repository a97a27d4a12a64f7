"""What went wrong with a service that is watched, in words that need no training and repeat nothing of what it said."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from astreinte.monitoring.models import Check
from astreinte.monitoring.probes.base import ERRORS

OTHERWISE = gettext_noop("not the expected answer")


def meaning(error: str) -> str:
    """What this word of a result means."""
    return _(ERRORS.get(error, OTHERWISE))


def trouble(check: Check) -> str:
    """What is wrong, without a word of what the service itself said; nothing while it is in order."""
    return meaning(check.error) if check.state == "down" else ""
