"""Questions about what we promised."""

from datetime import date

from astreinte.guarantee.models import DeskPolicy


def policy_on(day: date) -> DeskPolicy | None:
    """The policy in force on this day (in the provider's time zone)."""
    return DeskPolicy.objects.filter(from_date__lte=day).order_by("-from_date").first()
