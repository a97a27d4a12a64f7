"""Where a page goes next in its plan. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Ring:
    """The step to do now, and when the one after it is due."""

    step: int
    round: int
    targets: tuple[str, ...]
    length: timedelta
    last_of_round: bool

    def next_at(self, at: datetime) -> datetime:
        """When the following step is due: delays are elapsed time, from what was really done (reliability, F18)."""
        return at + self.length


def following(plan: Mapping[str, Any], *, step: int, round_: int) -> Ring:
    """The step after this one; after the last, the first of the next round, for ever."""
    steps = plan["steps"]
    index, turn = (step + 1, round_) if step + 1 < len(steps) else (0, round_ + 1)
    last = index + 1 == len(steps)
    end_s = plan["repeat_every_s"] if last else steps[index + 1]["after_s"]
    # never less than a second: a plan that was saved badly must not spin
    length = timedelta(seconds=max(1, end_s - steps[index]["after_s"]))
    return Ring(step=index, round=turn, targets=tuple(steps[index]["notify"]), length=length, last_of_round=last)


# A colleague somebody handed over to has this long before the plan goes on with its own first step.
FIRST_S = 180


def with_first(plan: Mapping[str, Any], person: str) -> dict[str, Any]:
    """The same plan with a colleague rung before its first step; unchanged without one. Handing over twice replaces."""
    added = FIRST_S if plan["steps"][0].get("handed") else 0
    steps = [{**step, "after_s": step["after_s"] - added} for step in plan["steps"] if not step.get("handed")]
    delay = FIRST_S if person else 0
    first = [{"after_s": 0, "notify": [person], "handed": True}] if person else []
    later = [{**step, "after_s": step["after_s"] + delay} for step in steps]
    return {**plan, "steps": [*first, *later], "repeat_every_s": plan["repeat_every_s"] + delay - added}
