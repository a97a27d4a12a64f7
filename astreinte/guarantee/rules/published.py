"""The two published policies and the three plans that ship with the product (facts.md, 1), for who has no file of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Lists:
    """The clauses a policy covers, and those it leaves out."""

    covered: tuple[str, ...]
    excluded: tuple[str, ...]


COVERED = ("service-down", "change-not-applied", "backup-unreachable", "host-down", "network-ours")
EXCLUDED = ("misuse", "customer-app", "performance-not-ours", "saturation", "network-not-ours", "general-help")
# desk-rules.md, history of the rules: the list of December 2024 no longer has the backups.
POLICIES: Mapping[date, Lists] = {
    date(2019, 12, 13): Lists(covered=COVERED, excluded=EXCLUDED),
    date(2024, 12, 16): Lists(
        covered=tuple(clause for clause in COVERED if clause != "backup-unreachable"), excluded=EXCLUDED
    ),
}
# Whether urgent tickets are part of the plan.
PLANS: Mapping[str, bool] = {"shared": False, "dedicated": True, "gold": True}
