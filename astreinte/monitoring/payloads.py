"""The JSON that other programs send, read field by field: whatever is wrong is refused by the name of its field. Pure."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from astreinte.core import texts
from astreinte.core.refusals import Refusal

FIRING = {"firing": True, "resolved": False}
# Objects in lists in objects: what every shape needs, and room to spare.
DEEPEST = 16
LONGEST = {"fingerprint": 200, "name": 200, "title": 300, "value": 1000}
MOST_LABELS = 64


class NotJson(Refusal):
    """The body is not JSON: send an object, in UTF-8."""

    slug = "not-json"
    status = 400


class TooDeep(Refusal):
    """The JSON of the body is nested too deeply."""

    slug = "too-deep"
    status = 400


class Wrong(Refusal):
    """The field %(field)s is missing, or is not what is expected there."""

    slug = "invalid"
    status = 422


class NotAText(Wrong):
    """The field %(field)s must be a text."""


class Missing(Wrong):
    """The field %(field)s is missing."""


class TooLong(Wrong):
    """The field %(field)s must have at most %(limit)s characters."""


class NotAnObject(Wrong):
    """The field %(field)s must be an object."""


class NotAList(Wrong):
    """The field %(field)s must be a list."""


class NotAStatus(Wrong):
    """The field %(field)s must be "firing" or "resolved"."""


# -- the body ------------------------------------------------------------------------------------------------------------


def read(body: bytes) -> Any:
    """The JSON of a body; raises NotJson, TooDeep."""
    try:
        found = json.loads(body, parse_constant=_no_constant)
    except RecursionError:
        raise TooDeep from None
    except ValueError:
        raise NotJson from None
    if _is_deep(found):
        raise TooDeep
    return found


def _no_constant(_name: str) -> None:
    raise ValueError


def _is_deep(found: Any) -> bool:
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [inside for one in level for inside in _inside(one)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


# -- one field -----------------------------------------------------------------------------------------------------------


def an_object(value: Any, where: str) -> Mapping[str, Any]:
    """A JSON object; raises NotAnObject."""
    if not isinstance(value, dict):
        raise NotAnObject(field=where)
    return value


def a_list(value: Any, where: str) -> list[Any]:
    """A list; raises NotAList."""
    if not isinstance(value, list):
        raise NotAList(field=where)
    return value


def a_text(value: Any, where: str) -> str:
    """One line of text, empty when it is not given; raises NotAText."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise NotAText(field=where)
    return texts.plain(value, one_line=True, limit=LONGEST["value"])


def labels(value: Any, where: str, *, strict: bool = True) -> dict[str, str]:
    """Labels. `strict`: their values are texts; else what is not one is written as JSON."""
    found = {}
    for name, said in list(an_object(value, where).items())[:MOST_LABELS]:
        if not strict and not isinstance(said, str):
            said = json.dumps(said, ensure_ascii=False)  # noqa: PLW2901
        found[short(name, "name")] = a_text(said, f"{where}.{short(name, 'name')}")
    return found


def details(value: Any, where: str) -> dict[str, str]:
    """What else is said, as labels: an object, or anything at all."""
    if value is None:
        return {}
    return labels(value if isinstance(value, dict) else {"details": value}, where, strict=False)


def short(text: str, what: str) -> str:
    """One line, cut at the longest of its kind."""
    return texts.plain(text, one_line=True, limit=LONGEST[what])


def key(value: Any, where: str) -> str:
    """A fingerprint is never cut: two that begin alike are two."""
    if value is None or value == "":
        raise Missing(field=where)
    if not isinstance(value, str):
        raise NotAText(field=where)
    if len(value) > LONGEST["fingerprint"]:
        raise TooLong(field=where, limit=LONGEST["fingerprint"])
    if value != texts.plain(value):
        raise Wrong(field=where)
    return value


def is_firing(said: Mapping[str, Any], where: str) -> bool:
    """Whether it fires: `status` is "firing" or "resolved"."""
    status = said.get("status")
    if not isinstance(status, str) or status not in FIRING:
        raise NotAStatus(field=f"{where}.status".lstrip("."))
    return FIRING[status]


def instant(value: Any) -> datetime | None:
    """When it began, for what it is worth: ours is the clock that counts."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None
