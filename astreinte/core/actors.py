"""Who did it: an engineer, a member, a token, the system. Written on every line of history."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody who acts, as the timeline will remember them."""

    kind: Literal["staff", "member", "token", "system", "phone"]
    id: int | None
    name: str


SYSTEM = Actor(kind="system", id=None, name="Astreinte")
