"""From a clause and a policy to a coverage. Pure. The lists are open, so an unknown clause is never billed."""

from collections.abc import Collection
from typing import Literal

Coverage = Literal["covered", "excluded", "undetermined"]
UNDETERMINED = "undetermined"


def coverage(clause: str, *, covered: Collection[str], excluded: Collection[str]) -> Coverage | None:
    """What this clause means under a policy; None when the policy does not have it. Doubt is never billed."""
    if clause == UNDETERMINED:
        return "undetermined"
    if clause in covered:
        return "covered"
    if clause in excluded:
        return "excluded"
    return None
