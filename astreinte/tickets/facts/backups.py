"""How old the newest copy of the backups was, by the last listing that their job sent."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from astreinte.monitoring import sources
from astreinte.tickets.facts.base import Complaint, fact

# A listing older than that says nothing of now (facts.md, 7).
FRESH = timedelta(days=1)


def facts(complaint: Complaint) -> Iterator[dict[str, Any]]:
    """Of several backups the one that is the furthest behind; that its copies can be read is for the check over SFTP to say."""
    behind = sources.backups_of(complaint.server, since=complaint.at - FRESH).first()
    if behind and behind.heard_at and behind.newest_at:
        age_s = max(0, int((behind.heard_at - behind.newest_at).total_seconds()))
        yield fact("backup.latest_age", age_s, source="provider", at=behind.heard_at, detail=behind.saw)
