"""Questions about what we promised."""

from datetime import date

from astreinte.core.configuration import remembered
from astreinte.guarantee.models import DeskPolicy


@remembered
def policy_on(day: date) -> DeskPolicy | None:
    """The policy in force on this day (in the provider's time zone)."""
    return DeskPolicy.objects.filter(from_date__lte=day).order_by("-from_date").first()
