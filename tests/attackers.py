"""Somebody who has the database itself, and no scruples."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection


def without_triggers(tables: Iterable[str]) -> Callable[..., None]:
    """Runs SQL, the triggers that keep these tables as they are being gone."""

    def runs(sql: str, *params: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)

    for table in tables:
        for verb in ("update", "delete"):
            runs(
                f"DROP TRIGGER IF EXISTS {table}_no_{verb}" + ("" if connection.vendor == "sqlite" else f" ON {table}")
            )
    return runs
