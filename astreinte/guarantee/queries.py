"""Questions about what we promised."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from astreinte.accounts import queries as accounts
from astreinte.core.configuration import remembered
from astreinte.customers.models import Plan
from astreinte.guarantee.models import DeskPolicy
from astreinte.guarantee.rules import published
from astreinte.guarantee.rules.advice import own
from astreinte.guarantee.rules.advice.cause import Cause
from astreinte.guarantee.rules.published import Lists


@remembered
def policy_on(day: date) -> DeskPolicy | None:
    """The policy in force on this day (in the provider's time zone)."""
    return DeskPolicy.objects.filter(from_date__lte=day).order_by("-from_date").first()


@remembered
def lists_of(day: date | None) -> Lists | None:
    """The clauses of the policy that began on this day: the provider's own, else a published one."""
    found = DeskPolicy.objects.filter(from_date=day).first() if day else None
    if found:
        return Lists(covered=tuple(found.covered), excluded=tuple(found.excluded))
    return published.POLICIES.get(day) if day else None


@remembered
def is_urgent(plan: str) -> bool | None:
    """Whether a plan includes urgent tickets: the provider's own, else one that ships with the product; None when there is none."""
    found = Plan.objects.filter(name=plan).first()
    return found.urgent if found else published.PLANS.get(plan)


@remembered
def guides() -> tuple[Mapping[str, Any], ...]:
    """The provider's pages for those who can help themselves, each about a symptom or a kind of fact."""
    provider = accounts.provider()
    return tuple(provider.settings.get("guides", [])) if provider else ()


@remembered
def own_causes() -> tuple[Cause, ...]:
    """The causes the provider added in its file."""
    provider = accounts.provider()
    return own.causes(provider.settings.get("advice", []) if provider else [])
