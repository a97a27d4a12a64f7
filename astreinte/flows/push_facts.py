"""The provider's own systems say what they see of a server."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from astreinte.accounts.models import User
from astreinte.core.texts import plain
from astreinte.core.transactions import all_or_nothing
from astreinte.customers.models import Server
from astreinte.flows import just_me
from astreinte.guarantee.rules.advice import Fact
from astreinte.monitoring import facts as said


@all_or_nothing
def push(server: Server, facts: Sequence[Fact], *, by: User, at: datetime) -> int:
    """Keep these facts in place of what was said before. Answers how many are news."""
    told = [_fit(fact) for fact in facts]
    kept = said.keep(server, told, by=by, at=at)
    just_me.confirmed(server, told, at=at)
    return kept


def _fit(fact: Fact) -> dict[str, Any]:
    """Without the characters that no page shows, and that PostgreSQL refuses."""
    return {**asdict(fact), "subject": plain(fact.subject, one_line=True), "detail": plain(fact.detail)}
