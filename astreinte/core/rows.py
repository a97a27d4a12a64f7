"""Rows of one table, written and read by statements that are put together once.

The ORM builds its SQL anew at each call, and that is most of what a call costs: 0.5 ms here, where the database needs 0.05. On the
way from the click to the telephone these do the same for plain conditions; everything else stays with the ORM (decision 0015).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

M = TypeVar("M", bound=models.Model)
# `name`, `name__in`, `name__lt`, `name__lte`, `name__gt`, `name__gte`; a value of None is "is null".
Conditions = Mapping[str, Any]
# Each condition: its column, its operator, how many values it takes.
Shape = tuple[tuple[str, str, int], ...]
Field: TypeAlias = "models.Field[Any, Any]"
Converter = Callable[[Any, Any, Any], Any]
# Rows of one statement: past a hundred it only grows what is parsed.
TOGETHER = 100


def insert(obj: M) -> M:
    """Write a new row and give `obj` its key, as `save(force_insert=True)` does for a table without parents."""
    _insert_some([obj])
    return obj


def insert_all(objs: Sequence[M]) -> Sequence[M]:
    """Write these new rows of one table, many by one statement, and give each its key."""
    for first in range(0, len(objs), TOGETHER):
        _insert_some(objs[first : first + TOGETHER])
    return objs


def _insert_some(objs: Sequence[models.Model]) -> None:
    model, database = type(objs[0]), connections[DEFAULT_DB_ALIAS]
    values = [_value(field, getattr(obj, field.attname), database) for obj in objs for field in _written(model)]
    with database.cursor() as cursor:
        cursor.execute(_insert_sql(model, len(objs), "RETURNING"), values)
        keys = [row[0] for row in cursor.fetchall()]
    for obj, key in zip(objs, sorted(keys), strict=True):
        obj.pk = key
        obj._state.adding, obj._state.db = False, database.alias  # noqa: SLF001 - as `save` does


def insert_new(objs: Sequence[models.Model]) -> None:
    """Write these rows of one table, but for those a unique constraint already knows. Their keys are not told."""
    if not objs:
        return
    model, database = type(objs[0]), connections[DEFAULT_DB_ALIAS]
    values = [_value(field, getattr(obj, field.attname), database) for obj in objs for field in _written(model)]
    with database.cursor() as cursor:
        cursor.execute(_insert_sql(model, len(objs), "ON CONFLICT DO NOTHING"), values)


def add_up(objs: Sequence[models.Model], *, most: tuple[str, ...] = ()) -> None:
    """Write these rows of one table; what a row of the same key already holds is added to, the greater of two stays for `most`.

    Each key is there once, and the keys are in order: two writers then wait for each other, and never both.
    """
    if not objs:
        return
    model, database = type(objs[0]), connections[DEFAULT_DB_ALIAS]
    values = [_value(field, getattr(obj, field.attname), database) for obj in objs for field in _written(model)]
    with database.cursor() as cursor:
        cursor.execute(_insert_sql(model, len(objs), _adding(model, most)), values)


def delete(model: type[models.Model], where: Conditions) -> int:
    """Delete the rows that meet these conditions; answers how many went."""
    database = connections[DEFAULT_DB_ALIAS]
    shape, values = _conditions(model, where, database)
    with database.cursor() as cursor:
        cursor.execute(_delete_sql(model, shape), values)
        return int(cursor.rowcount)


def update(model: type[models.Model], where: Conditions, fields: Mapping[str, Any]) -> int:
    """Change the rows that meet these conditions; answers how many did."""
    database = connections[DEFAULT_DB_ALIAS]
    shape, values = _conditions(model, where, database)
    changes = [_value(_field(model, name), value, database) for name, value in fields.items()]
    with database.cursor() as cursor:
        cursor.execute(_update_sql(model, tuple(fields), shape), [*changes, *values])
        return int(cursor.rowcount)


def update_each(model: type[models.Model], changes: Mapping[Any, Mapping[str, Any]]) -> None:
    """Change these rows, by key, each in its own way; the same fields of all. In order: two writers wait for each other, never both."""
    if not changes:
        return
    database, names = connections[DEFAULT_DB_ALIAS], tuple(next(iter(changes.values())))
    shape, _ = _conditions(model, {"pk": 0}, database)
    values = [
        [*(_value(_field(model, name), fields[name], database) for name in names), key]
        for key, fields in sorted(changes.items())
    ]
    with database.cursor() as cursor:
        cursor.executemany(_update_sql(model, names, shape), values)


def select(
    model: type[M],
    where: Conditions,
    *,
    order: tuple[str, ...] = (),
    limit: int | None = None,
    only: tuple[str, ...] = (),
    held: bool = False,
    free: bool = False,
) -> list[M]:
    """The rows that meet these conditions. `only`: these fields, in the model's order. `held`: they stay so in this transaction.

    `free`: held, but for those that somebody else holds, which are left out.
    """
    database = connections[DEFAULT_DB_ALIAS]
    shape, values = _conditions(model, where, database)
    names, converters = _read(model, only)
    with database.cursor() as cursor:
        cursor.execute(_select_sql(model, shape, order, limit, only, held=held or free, free=free), values)
        found = [_converted(row, converters, database) for row in cursor.fetchall()]
    return [model.from_db(database.alias, names, row) for row in found]


def exists(model: type[models.Model], where: Conditions) -> bool:
    """Whether any row meets these conditions. A worker that asks each second asks like this."""
    return bool(select(model, where, limit=1, only=("id",)))


def newest(model: type[models.Model]) -> int:
    """The greatest key of all; 0 when there is none."""
    found = select(model, {"id__gt": 0}, order=("-id",), limit=1, only=("id",))
    return int(found[0].pk) if found else 0


def soonest(model: type[models.Model], name: str, where: Conditions, *, after: datetime) -> datetime | None:
    """The first instant of this field after that one, of the rows that meet these conditions. Asked at each turn of a worker."""
    found = select(model, {**where, f"{name}__gt": after}, order=(name,), limit=1, only=("id", name))
    return getattr(found[0], name) if found else None


# -- values --------------------------------------------------------------------------------------------------------------


_AS_THEY_ARE = (models.CharField, models.TextField, models.BooleanField, models.IntegerField, models.ForeignKey)


def _value(field: Field, value: Any, database: BaseDatabaseWrapper) -> Any:
    """What the driver takes. Most values go as they are: asking the field costs more than the database does."""
    if value is None or (type(value) in {str, bool, int} and isinstance(field, _AS_THEY_ARE)):
        return value
    if type(value) is datetime and isinstance(field, models.DateTimeField):
        return database.ops.adapt_datetimefield_value(value)
    return field.get_db_prep_save(value.pk if isinstance(value, models.Model) else value, database)


def _conditions(model: type[models.Model], where: Conditions, database: BaseDatabaseWrapper) -> tuple[Shape, list[Any]]:
    shape: list[tuple[str, str, int]] = []
    values: list[Any] = []
    for words, value in where.items():
        name, _, operator = words.partition("__")
        field = _field(model, name)
        some = list(value) if operator == "in" else [] if value is None else [value]
        shape.append((str(field.column), operator, len(some)))
        values += [_value(field, one, database) for one in some]
    return tuple(shape), values


def _converted(
    row: Sequence[Any], converters: Sequence[tuple[int, Converter, Any]], database: BaseDatabaseWrapper
) -> Sequence[Any]:
    if not converters:
        return row
    values = list(row)
    for place, convert, column in converters:
        values[place] = convert(values[place], column, database)
    return values


# -- statements, each put together once ------------------------------------------------------------------------------------


@cache
def _field(model: type[models.Model], name: str) -> Field:
    meta = model._meta  # noqa: SLF001
    found: Field = meta.pk if name == "pk" else meta.get_field(name)  # type: ignore[assignment]
    return found


@cache
def _written(model: type[models.Model]) -> list[Field]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]  # noqa: SLF001


@cache
def _chosen(model: type[models.Model], only: tuple[str, ...]) -> list[Field]:
    return [field for field in model._meta.concrete_fields if not only or field.name in only]  # noqa: SLF001


@cache
def _read(model: type[models.Model], only: tuple[str, ...]) -> tuple[list[str], list[tuple[int, Converter, Any]]]:
    fields, database = _chosen(model, only), connections[DEFAULT_DB_ALIAS]
    found: list[tuple[int, Converter, Any]] = []
    for place, field in enumerate(fields):
        column = field.get_col(model._meta.db_table)  # noqa: SLF001
        both = [*database.ops.get_db_converters(column), *column.get_db_converters(database)]
        found += [(place, convert, column) for convert in both]
    return [field.attname for field in fields], found


def _quoted(name: str) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)


def _table(model: type[models.Model]) -> str:
    return _quoted(model._meta.db_table)  # noqa: SLF001


def _columns(fields: Sequence[Field]) -> str:
    return ", ".join(_quoted(str(field.column)) for field in fields)


@cache
def _insert_sql(model: type[models.Model], rows: int, ending: str) -> str:
    fields = _written(model)
    one = f"({', '.join(['%s'] * len(fields))})"
    end = f"{ending} {_columns([_field(model, 'pk')])}" if ending == "RETURNING" else ending
    return f"INSERT INTO {_table(model)} ({_columns(fields)}) VALUES {', '.join([one] * rows)} {end}"  # noqa: S608 - our own names


@cache
def _adding(model: type[models.Model], most: tuple[str, ...]) -> str:
    key = [_field(model, name) for name in model._meta.pk.field_names]  # type: ignore[attr-defined]  # noqa: SLF001
    others = [field for field in _written(model) if field not in key]
    changes = ", ".join(_added(model, field, greatest=field.name in most) for field in others)
    return f"ON CONFLICT ({_columns(key)}) DO UPDATE SET {changes}"


def _added(model: type[models.Model], field: Field, *, greatest: bool) -> str:
    name = _columns([field])
    old, new = f"{_table(model)}.{name}", f"excluded.{name}"
    return f"{name} = CASE WHEN {new} > {old} THEN {new} ELSE {old} END" if greatest else f"{name} = {old} + {new}"


@cache
def _delete_sql(model: type[models.Model], shape: Shape) -> str:
    return f"DELETE FROM {_table(model)} WHERE {_where(shape)}"  # noqa: S608


@cache
def _update_sql(model: type[models.Model], names: tuple[str, ...], shape: Shape) -> str:
    changes = ", ".join(f"{_columns([_field(model, name)])} = %s" for name in names)
    return f"UPDATE {_table(model)} SET {changes} WHERE {_where(shape)}"  # noqa: S608


@cache
def _select_sql(  # noqa: PLR0917 - a cached statement is told by its place
    model: type[models.Model],
    shape: Shape,
    order: tuple[str, ...],
    limit: int | None,
    only: tuple[str, ...],
    *,
    held: bool,
    free: bool,
) -> str:
    sql = f"SELECT {_columns(_chosen(model, only))} FROM {_table(model)} WHERE {_where(shape)}"  # noqa: S608
    if order:
        sql += " ORDER BY " + ", ".join(
            _columns([_field(model, name.lstrip("-"))]) + " DESC" * name.startswith("-") for name in order
        )
    sql += f" LIMIT {limit:d}" if limit is not None else ""
    if not held or not connections[DEFAULT_DB_ALIAS].features.has_select_for_update:
        return sql
    return f"{sql} FOR NO KEY UPDATE{' SKIP LOCKED' if free else ''}"


_OPERATORS = {"": "=", "lte": "<=", "lt": "<", "gt": ">", "gte": ">="}


def _where(shape: Shape) -> str:
    return " AND ".join(_condition(*one) for one in shape)


def _condition(column: str, operator: str, count: int) -> str:
    name = _quoted(column)
    if operator == "in":
        return f"{name} IN ({', '.join(['%s'] * count)})" if count else "1 = 0"
    return f"{name} {_OPERATORS[operator]} %s" if count else f"{name} IS NULL"
