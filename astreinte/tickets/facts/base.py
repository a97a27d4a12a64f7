"""What every source of facts is asked, and how it answers."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from astreinte.customers.models import Server


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """A server somebody complains about, how (a symptom of the picker), and when."""

    server: Server
    symptom: str
    at: datetime


def fact(kind: str, value: Any, *, source: str, at: datetime, subject: str = "", detail: str = "") -> dict[str, Any]:
    """One fact, as facts.md writes it; times in UTC."""
    said = {"kind": kind, "value": value, "source": source, "observed_at": at.astimezone(UTC).isoformat()}
    return {**said, **({"subject": subject} if subject else {}), **({"detail": detail} if detail else {})}
