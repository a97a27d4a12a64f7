"""Triggers that refuse what must never change: a migration operation for both databases."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import RunPython


def _sqlite(table: str, may_change: Sequence[str], columns: Sequence[str], when: str) -> list[str]:
    frozen = [column for column in columns if column not in may_change]
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in frozen)
    once = " OR ".join(
        f'(OLD."{column}" IS NOT NULL AND OLD."{column}" IS NOT NEW."{column}")' for column in may_change
    )
    condition = " OR ".join(part for part in (changed, once) if part)
    return [
        f'CREATE TRIGGER "{table}_no_update" BEFORE UPDATE ON "{table}" WHEN ({when}) AND ({condition}) '
        f"BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END",
        f'CREATE TRIGGER "{table}_no_delete" BEFORE DELETE ON "{table}" WHEN ({when}) '
        f"BEGIN SELECT RAISE(ABORT, '{table} is never deleted'); END",
    ]


def _postgresql(table: str, may_change: Sequence[str], columns: Sequence[str], when: str) -> list[str]:
    frozen = [column for column in columns if column not in may_change]
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in frozen)
    once = " OR ".join(
        f'(OLD."{column}" IS NOT NULL AND OLD."{column}" IS DISTINCT FROM NEW."{column}")' for column in may_change
    )
    condition = " OR ".join(part for part in (changed, once) if part)
    return [
        f"CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{table} is never changed or deleted' USING ERRCODE = '23001'; END $$",
        f'CREATE TRIGGER "{table}_no_update" BEFORE UPDATE ON "{table}" FOR EACH ROW WHEN (({when}) AND ({condition})) '
        f"EXECUTE FUNCTION {table}_frozen()",
        f'CREATE TRIGGER "{table}_no_delete" BEFORE DELETE ON "{table}" FOR EACH ROW WHEN ({when}) '
        f"EXECUTE FUNCTION {table}_frozen()",
    ]


def freeze(app: str, model: str, *, once: Sequence[str] = (), free: Sequence[str] = (), when: str = "1 = 1") -> RunPython:
    """Refuse changes and deletions of a table's rows, in the database itself (architecture, rule 11).

    `once` may be filled one time (from NULL), `free` may change at will; `when` limits it to the rows that are finished.
    """

    def forwards(apps: Any, editor: Any) -> None:
        meta = apps.get_model(app, model)._meta  # noqa: SLF001
        columns = [field.column for field in meta.local_fields if field.name not in free]
        write = _sqlite if editor.connection.vendor == "sqlite" else _postgresql
        may_change = [meta.get_field(name).column for name in once]
        for statement in write(meta.db_table, may_change, columns, when):
            editor.execute(statement)

    def backwards(apps: Any, editor: Any) -> None:
        table = apps.get_model(app, model)._meta.db_table  # noqa: SLF001
        on = "" if editor.connection.vendor == "sqlite" else f' ON "{table}"'
        for name in ("no_update", "no_delete"):
            editor.execute(f'DROP TRIGGER "{table}_{name}"{on}')

    return RunPython(forwards, backwards)
