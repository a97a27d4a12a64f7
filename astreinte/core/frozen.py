"""Triggers that refuse what must never change: a migration operation for both databases."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.migrations.operations import RunPython

# When the columns of `emptied` were emptied: filled with them, or not at all.
ERASED_AT = "erased_at"


def _condition(columns: Sequence[str], once: Sequence[str], emptied: Sequence[str], *, differs: str) -> str:
    """Something that must not change would; a column of `once` may go from NULL to a value, one time."""
    both = [*emptied, ERASED_AT] if emptied else []
    frozen = [f'OLD."{name}" {differs} NEW."{name}"' for name in columns if name not in {*once, *both}]
    filled = [f'(OLD."{name}" IS NOT NULL AND OLD."{name}" {differs} NEW."{name}")' for name in once]
    return " OR ".join([*frozen, *filled, *_half_emptied(emptied, both, differs=differs)])


def _half_emptied(emptied: Sequence[str], both: Sequence[str], *, differs: str) -> Iterator[str]:
    """Any of them would change, otherwise than all to nothing, once, and dated."""
    if emptied:
        changes = " OR ".join(f'OLD."{name}" {differs} NEW."{name}"' for name in both)
        left = [f"NEW.\"{name}\" {differs} ''" for name in emptied]
        undated = [f'OLD."{ERASED_AT}" IS NOT NULL', f'NEW."{ERASED_AT}" IS NULL']
        yield f"(({changes}) AND ({' OR '.join([*undated, *left])}))"


def _sqlite(
    table: str, columns: Sequence[str], *, once: Sequence[str], emptied: Sequence[str], when: str
) -> Iterator[str]:
    changes = _condition(columns, once, emptied, differs="IS NOT")
    for verb, on, guard in (("update", "UPDATE", f"({when}) AND ({changes})"), ("delete", "DELETE", when)):
        said = f"SELECT RAISE(ABORT, '{table} is never changed or deleted')"
        yield f'CREATE TRIGGER "{table}_no_{verb}" BEFORE {on} ON "{table}" WHEN {guard} BEGIN {said}; END'


def _postgresql(
    table: str, columns: Sequence[str], *, once: Sequence[str], emptied: Sequence[str], when: str
) -> Iterator[str]:
    changes = _condition(columns, once, emptied, differs="IS DISTINCT FROM")
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
    app: str,
    model: str,
    *,
    once: Sequence[str] = (),
    free: Sequence[str] = (),
    emptied: Sequence[str] = (),
    when: str = "1 = 1",
) -> RunPython:
    """Refuse changes and deletions of a table's rows, in the database itself (architecture, rule 11).

    `once` may be filled one time (from NULL), `free` may change at will; `when` limits it to the rows that are finished.
    `emptied` are texts that may become empty: all of them by one statement that fills `erased_at` as well, and never back
    (decision 0030).
    """

    def forwards(apps: Any, editor: Any) -> None:
        meta = apps.get_model(app, model)._meta  # noqa: SLF001
        columns = [field.column for field in meta.local_fields if field.name not in free]
        write = _sqlite if editor.connection.vendor == "sqlite" else _postgresql
        fillable = [meta.get_field(name).column for name in once]
        erasable = [meta.get_field(name).column for name in emptied]
        for statement in write(meta.db_table, columns, once=fillable, emptied=erasable, when=when):
            editor.execute(statement)

    def backwards(apps: Any, editor: Any) -> None:
        table = apps.get_model(app, model)._meta.db_table  # noqa: SLF001
        on = "" if editor.connection.vendor == "sqlite" else f' ON "{table}"'
        for name in ("no_update", "no_delete"):
            editor.execute(f'DROP TRIGGER "{table}_{name}"{on}')

    return _Freeze(forwards, backwards)


def thaw(frozen: RunPython) -> RunPython:
    """Take the triggers of this freeze off, before a migration alters their table: SQLite would lose them with it."""
    return _Freeze(frozen.reverse_code or RunPython.noop, frozen.code)
