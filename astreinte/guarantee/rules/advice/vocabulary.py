"""The 70 kinds of facts: what each may be, when it is normal, when it speaks. Read once from `facts.json`, the same for everybody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any, Literal

Value = str | bool | int | float
Band = Literal["normal", "between", "alarm", "said"]
SOURCES = ("check", "vantage", "prometheus", "provider", "history", "customer")
OUTSIDE = frozenset({"check", "vantage"})
SYMPTOMS = (
    "website-down",
    "slow",
    "mail",
    "ftp-ssh",
    "dns-domain",
    "change-not-applied",
    "backup",
    "certificate",
    "how-to",
    "other",
)
# Two values of a kind without bands are one when they are this near: two readings of one age, in seconds.
NEAR = 300


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of fact. `least` and `most` bound its value; `subject` is required, optional or none."""

    name: str
    type: str
    values: tuple[str, ...]
    least: float | None
    most: float | None
    unit: str
    normal: Any
    alarm: Mapping[str, float] | None
    subject: str
    fresh: timedelta
    sources: frozenset[str]

    def band(self, value: Value) -> Band:
        """Where a value stands. `said`: the kind has no normal value, it only says whose or how long."""
        if self.normal is None:
            return "said"
        if isinstance(self.normal, dict):
            if _within(value, self.normal):
                return "normal"
            return "alarm" if self.alarm and _within(value, self.alarm) else "between"
        return "normal" if value in self.normal else "alarm"

    def agree(self, one: Value, other: Value) -> bool:
        """Whether two values say the same: the same word, the same side of the alarm, or two readings of one age."""
        if isinstance(one, str | bool) or isinstance(other, str | bool):
            return one == other
        return abs(one - other) <= NEAR if self.normal is None else self.band(one) == self.band(other)


def _within(value: Value, bounds: Mapping[str, float]) -> bool:
    if isinstance(value, str):
        return False
    return bounds.get("min", float("-inf")) <= value <= bounds.get("max", float("inf"))


def _kind(name: str, said: Mapping[str, Any]) -> Kind:
    return Kind(
        name=name,
        type=said["type"],
        values=tuple(said.get("enum", ())),
        least=said.get("min"),
        most=said.get("max"),
        unit=said.get("unit", ""),
        normal=said["normal"],
        alarm=said.get("alarm"),
        subject=said["subject"],
        fresh=timedelta(seconds=said["fresh_for_s"]),
        sources=frozenset(said["sources"]),
    )


def _read() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(files(__package__).joinpath("facts.json").read_text(encoding="utf-8"))
    return found


KINDS: Mapping[str, Kind] = {name: _kind(name, said) for name, said in _read().items()}
