"""What the database can say about its own health, and the workers' last signs of life. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from astreinte.core.models import Heartbeat
from astreinte.core.refusals import Refusal

# PRAGMA synchronous: 2 is FULL, 3 EXTRA; under that a power cut may take back what we answered.
FULL = 2
# The last commit that has the migrations which those of today replace.
BEFORE = "e974aec"


class HalfWay(Refusal):
    """The database stopped half way, in migrations that this version no longer has (%(rooms)s).

    Go back to commit %(commit)s, run `astreinte migrate` there, then come back to this version.
    """


@dataclass(frozen=True, kw_only=True)
class Database:
    """Which database answers, in which version; for SQLite how it writes."""

    vendor: str
    version: str
    journal: str = ""
    synchronous: int = FULL
    is_journal_safe: bool = True

    @property
    def is_durable(self) -> bool:
        """Whether a commit survives a power cut."""
        return self.synchronous >= FULL


def database() -> Database:
    """Ask the database itself. Raises Django's database errors when it does not answer."""
    if connection.vendor == "sqlite":
        journal, synchronous = str(_ask("PRAGMA journal_mode")), _ask("PRAGMA synchronous")
        version = str(_ask("SELECT sqlite_version()"))
        safe = journal != "wal" or bool(getattr(connection, "is_wal_safe", True))
        return Database(
            vendor="sqlite", version=version, journal=journal, synchronous=int(synchronous), is_journal_safe=safe
        )
    level = {"off": 0, "local": FULL, "on": FULL}.get(str(_ask("SHOW synchronous_commit")), FULL)
    return Database(vendor=connection.vendor, version=str(_ask("SHOW server_version")), synchronous=level)


def _ask(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def database_clock() -> datetime | None:
    """The instant by the database's own clock; None for SQLite, whose clock is ours."""
    if connection.vendor == "sqlite":
        return None
    found: datetime = _ask("SELECT clock_timestamp()")
    return found.astimezone(UTC)


def missing_migrations() -> list[str]:
    """The migrations of the code that the database has not had, in order. Raises HalfWay."""
    refuse_half_way()
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def refuse_half_way() -> None:
    """A migration stands for those it replaces when the database has had all of them, or none. Raises HalfWay."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    known = MigrationLoader(None).disk_migrations
    replaced = {key: set(one.replaces) for key, one in known.items() if one.replaces and key not in applied}
    rooms = sorted(room for (room, _name), old in replaced.items() if old & applied and old - applied)
    if rooms:
        raise HalfWay(rooms=", ".join(rooms), commit=BEFORE)


def is_empty() -> bool:
    """Whether this database has no table at all yet."""
    return not connection.introspection.table_names()


def heartbeats() -> Mapping[str, datetime]:
    """The last sign of life of each kind of worker: `pager:host:12` is a pager."""
    found: dict[str, datetime] = {}
    for name, at in Heartbeat.objects.values_list("worker", "at"):
        kind = name.partition(":")[0]
        found[kind] = max(at, found.get(kind, at))
    return found
