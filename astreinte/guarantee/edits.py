"""Policies of the desk, brought to what the provider file says. One that a ticket was opened under does not change."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from astreinte.core import digests
from astreinte.core.changes import Change, put, removed
from astreinte.core.refusals import Refusal
from astreinte.guarantee.models import DeskPolicy


class PolicyAccepted(Refusal):
    """Tickets were opened under the policy of %(day)s: leave it, and write a new one from a later day."""

    slug = "policy-accepted"


class PolicyInForce(Refusal):
    """The policy of %(day)s is in force and tickets were opened under it: leave it in the file, or write the one that follows it."""

    slug = "policy-in-force"


@dataclass(frozen=True, kw_only=True)
class PolicyWish:
    """The lists of a policy, and its words by language where the provider wrote some."""

    covered: list[str]
    excluded: list[str]
    text: dict[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, Any]:
        """The columns, with the SHA-256 of the canonical JSON of what the policy says."""
        lists = {"covered": self.covered, "excluded": self.excluded}
        said = {**lists, "text": self.text} if self.text else lists
        return {**lists, "text": self.text, "sha256": digests.sha256(digests.canonical_json(said))}


def against_policies(wanted: Mapping[date, PolicyWish], *, accepted: Collection[date], today: date) -> list[Refusal]:
    """Why these policies (by first day) cannot replace those we have; `accepted` are the days tickets refer to."""
    found: list[Refusal] = []
    for policy in DeskPolicy.objects.filter(from_date__in=list(accepted), from_date__lte=today):
        day = policy.from_date
        if day in wanted and wanted[day].fields["sha256"] != policy.sha256:
            found.append(PolicyAccepted(day=day))
        if day not in wanted and not any(day < other <= today for other in wanted):
            found.append(PolicyInForce(day=day))
    return found


def policies(wanted: Mapping[date, PolicyWish], *, accepted: Collection[date]) -> list[Change]:
    """These policies; those that tickets were opened under are kept whatever the file says."""
    known = {policy.from_date: policy for policy in DeskPolicy.objects.all()}
    found: list[Change] = []
    for day, wish in wanted.items():
        what, first = f"policy from {day}", {"from_date": day}
        found += put(known.get(day), DeskPolicy, what, fields=wish.fields, first=first)[1]
    for day, policy in known.items():
        if day not in wanted and day not in accepted:
            policy.delete()
            found.append(removed(f"policy from {day}"))
    return found
