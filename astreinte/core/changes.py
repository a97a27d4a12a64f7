"""What an edit changed, in words: rows are brought to the values asked for, and nothing is written when they have them."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from django.db import models

HIDDEN = "***"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference. A secret is shown as three stars."""

    kind: Literal["added", "changed", "removed"]
    what: str
    before: str = ""
    after: str = ""


M = TypeVar("M", bound=models.Model)


def put(
    known: M | None,
    model: type[M],
    what: str,
    *,
    fields: Mapping[str, Any],
    first: Mapping[str, Any] | None = None,
    hidden: Collection[str] = (),
) -> tuple[M, list[Change]]:
    """The row with these values, made or changed as needed. `first` is for a new row only, `hidden` values are not shown."""
    if known is None:
        made = model._default_manager.create(**{**(first or {}), **fields})  # noqa: SLF001
        return made, [Change(kind="added", what=what)]
    before = {name: getattr(known, name) for name, value in fields.items() if getattr(known, name) != value}
    for name in before:
        setattr(known, name, fields[name])
    if before:
        known.save(update_fields=list(before))
    return known, [
        changed(f"{what}: {name}", HIDDEN if name in hidden else old, HIDDEN if name in hidden else fields[name])
        for name, old in before.items()
    ]


def changed(what: str, before: Any, after: Any) -> Change:
    """This had a value, it has another."""
    return Change(kind="changed", what=what, before=shown(before), after=shown(after))


def removed(what: str) -> Change:
    """This is not there any more."""
    return Change(kind="removed", what=what)


def shown(value: Any) -> str:
    """A value as a line of text."""
    if isinstance(value, models.Model):
        return str(getattr(value, "name", value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(shown(one) for one in (value if isinstance(value, list | tuple) else sorted(value)))
    return "" if value is None else str(value)
