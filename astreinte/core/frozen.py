"""Triggers that refuse what must never change: a migration operation for both databases."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.migrations.operations import RunPython


def _condition(columns: Sequence[str], once: Sequence[str], *, differs: str) -> str:
    """Something that must not change would; a column of `once` may go from NULL to a value, one time."""
    frozen = [f'OLD."{name}" {differs} NEW."{name}"' for name in columns if name not in once]
    filled = [f'(OLD."{name}" IS NOT NULL AND OLD."{name}" {differs} NEW."{name}")' for name in once]
    return " OR ".join([*frozen, *filled])


def _sqlite(table: str, columns: Sequence[str], *, once: Sequence[str], when: str) -> Iterator[str]:
    changes = _condition(columns, once, differs="IS NOT")
    for verb, on, guard in (("update", "UPDATE", f"({when}) AND ({changes})"), ("delete", "DELETE", when)):
        said = f"SELECT RAISE(ABORT, '{table} is never changed or deleted')"
        yield f'CREATE TRIGGER "{table}_no_{verb}" BEFORE {on} ON "{table}" WHEN {guard} BEGIN {said}; END'


def _postgresql(table: str, columns: Sequence[str], *, once: Sequence[str], when: str) -> Iterator[str]:
    changes = _condition(columns, once, differs="IS DISTINCT FROM")
    said = f"RAISE EXCEPTION '{table} is never changed or deleted' USING ERRCODE = '23001'"
    yield f"CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {said}; END $$"
    for verb, on, guard in (("update", "UPDATE", f"({when}) AND ({changes})"), ("delete", "DELETE", when)):
        each = f"FOR EACH ROW WHEN ({guard}) EXECUTE FUNCTION {table}_frozen()"
        yield f'CREATE TRIGGER "{table}_no_{verb}" BEFORE {on} ON "{table}" {each}'


class _Freeze(RunPython):
    """One statement needs one table: `RunPython` would have every model of the desk drawn again first, 0.1 s each time."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002
        self.code(from_state.apps, schema_editor)


def freeze(
    app: str, model: str, *, once: Sequence[str] = (), free: Sequence[str] = (), when: str = "1 = 1"
) -> RunPython:
    """Refuse changes and deletions of a table's rows, in the database itself (architecture, rule 11).

    `once` may be filled one time (from NULL), `free` may change at will; `when` limits it to the rows that are finished.
    """

    def forwards(apps: Any, editor: Any) -> None:
        meta = apps.get_model(app, model)._meta  # noqa: SLF001
        columns = [field.column for field in meta.local_fields if field.name not in free]
        write = _sqlite if editor.connection.vendor == "sqlite" else _postgresql
        fillable = [meta.get_field(name).column for name in once]
        for statement in write(meta.db_table, columns, once=fillable, when=when):
            editor.execute(statement)

    def backwards(apps: Any, editor: Any) -> None:
        table = apps.get_model(app, model)._meta.db_table  # noqa: SLF001
        on = "" if editor.connection.vendor == "sqlite" else f' ON "{table}"'
        for name in ("no_update", "no_delete"):
            editor.execute(f'DROP TRIGGER "{table}_{name}"{on}')

    return _Freeze(forwards, backwards)
