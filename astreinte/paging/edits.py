"""Escalation policies, brought to what the provider file says. A page that already rings keeps its own plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from astreinte.core.changes import Change, changed, put, removed
from astreinte.paging.models import EscalationPolicy, Step

# After how many seconds of the round, whom: `rota:first`, `role:manager` or an e-mail address.
Steps = Sequence[tuple[int, list[str]]]


@dataclass(frozen=True, kw_only=True)
class PolicyWish:
    """A policy; an empty last resort stands for the whole staff, then the provider's mailbox."""

    repeat_every_s: int
    last_resort: list[str]
    steps: Steps


def policies(wanted: Mapping[str, PolicyWish]) -> list[Change]:
    """These policies and no other."""
    known = {policy.name: policy for policy in EscalationPolicy.objects.prefetch_related("steps")}
    found: list[Change] = []
    for name, wish in wanted.items():
        before, what = known.get(name), f"escalation {name}"
        fields = {"repeat_every_s": wish.repeat_every_s, "last_resort": wish.last_resort}
        policy, changes = put(before, EscalationPolicy, what, fields=fields, first={"name": name})
        found += [*changes, *_steps(policy, wish.steps, is_new=before is None)]
    leaving = sorted(name for name in known if name not in wanted)
    EscalationPolicy.objects.filter(name__in=leaving).delete()
    return [*found, *(removed(f"escalation {name}") for name in leaving)]


def _steps(policy: EscalationPolicy, wanted: Steps, *, is_new: bool) -> list[Change]:
    before = [] if is_new else [(step.after_s, step.notify) for step in policy.steps.all()]
    if before == list(wanted):
        return []
    Step.objects.filter(policy=policy).delete()
    Step.objects.bulk_create(
        Step(policy=policy, position=position, after_s=after_s, notify=notify)
        for position, (after_s, notify) in enumerate(wanted)
    )
    return [changed(f"escalation {policy.name}: steps", _said(before), _said(wanted))]


def _said(steps: Steps) -> str:
    return "; ".join(f"{after_s} s: {', '.join(notify)}" for after_s, notify in steps)
