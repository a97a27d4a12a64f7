"""Disputes and the day their answer was promised for. Reads only."""

from datetime import datetime, timedelta

from django.db.models import Q

from astreinte.accounts import queries as accounts
from astreinte.tickets.models import Dispute
from astreinte.tickets.states import DisputeState

# What a customer is promised unless the provider's file says otherwise (`billing: {answer: 7d}`).
ANSWER_WITHIN = timedelta(days=7)
# How long before that day those who decide are reminded.
NEAR = timedelta(days=1)


def answer_within() -> timedelta:
    """How soon this provider answers a dispute."""
    provider = accounts.provider()
    section = provider.settings.get("disputes", {}) if provider else {}
    return timedelta(seconds=section.get("answer_s", ANSWER_WITHIN.total_seconds()))


def due(*, at: datetime, limit: int = 50) -> list[Dispute]:
    """The open disputes whose day comes near or has passed, and about which that was not told."""
    near = Q(answer_by__lte=at + NEAR, reminded_at=None) | Q(answer_by__lte=at, late_told_at=None)
    waiting = Dispute.objects.filter(near, state=DisputeState.OPEN, late_told_at=None)
    related = ("verdict__ticket__customer", "verdict__ticket__server", "opened_by")
    return list(waiting.select_related(*related).order_by("answer_by")[:limit])
