"""What the grammar refused, told with the line and the words of the file."""

from collections.abc import Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from astreinte.core.refusals import gettext_noop
from astreinte.provider_file.grammar import ProviderFile
from astreinte.provider_file.problems import Problem, Step
from astreinte.provider_file.sections import Section
from astreinte.provider_file.tree import Node

MISSING = gettext_noop("%(key)s is missing in %(section)s.")
MISSING_SECTION = gettext_noop("The section %(key)s is missing.")
UNKNOWN = gettext_noop("%(key)s is not known here. Known: %(known)s.")
NEAREST = gettext_noop("%(key)s is not known here; did you mean %(nearest)s?")
NO_PASSWORD = gettext_noop(
    "%(key)s: no password is ever written in this file; people choose theirs when they are invited."
)
EMPTY = gettext_noop("%(key)s is empty: write its value or remove it.")
EMPTY_LIST = gettext_noop("%(key)s is empty: it needs at least one.")
EXPECT_MAPPING = gettext_noop("%(key)s: keys and values are expected here, as in {key: value}.")
EXPECT_LIST = gettext_noop("%(key)s: a list is expected here, as in [first, second].")
LONG_LIST = gettext_noop("%(key)s: at most %(max_length)s are read.")
ONE_OF = gettext_noop("%(key)s: %(value)s is not one of: %(known)s.")
NOT_UNDERSTOOD = gettext_noop("%(key)s is not understood.")

KINDS = {
    "model_type": EXPECT_MAPPING,
    "model_attributes_type": EXPECT_MAPPING,
    "dict_type": EXPECT_MAPPING,
    "tuple_type": EXPECT_LIST,
    "too_short": EMPTY_LIST,
    "too_long": LONG_LIST,
}


def problems(error: ValidationError, root: Node) -> list[Problem]:
    """One problem for each thing the grammar refused."""
    details = [detail for detail in error.errors(include_url=False) if not _only_lost_its_items(detail)]
    return [_problem(detail, root) for detail in details]


def _only_lost_its_items(detail: ErrorDetails) -> bool:
    # A list whose items were all refused is said to be too short as well: its items have their own problems.
    return detail["type"] == "too_short" and bool(detail["input"])


def _problem(detail: ErrorDetails, root: Node) -> Problem:
    loc = tuple(step for step in detail["loc"] if step != "[key]")
    node = parent = root
    for step in loc:
        node, parent = _inside(node, step), node
    key = str(next((step for step in reversed(loc) if isinstance(step, str)), ""))
    if detail["type"] == "missing":
        return _missing(parent, key)
    if detail["type"] == "extra_forbidden":
        return _unknown(node, key, known(loc[:-1], root.plain()))
    return _bad(detail, node, key)


def _inside(node: Node, step: Step) -> Node:
    if isinstance(step, str):
        return node.get(step)
    # A mapping alone stands for a list of one: the place of its first item is its own.
    return node.items()[step] if node.items() else node


def _missing(parent: Node, key: str) -> Problem:
    section = str(next((step for step in reversed(parent.path) if isinstance(step, str)), ""))
    return parent.problem(MISSING, key=key, section=section) if section else parent.problem(MISSING_SECTION, key=key)


def _unknown(node: Node, key: str, keys: Sequence[str]) -> Problem:
    shown = key[:60]
    if "password" in key.lower():
        return node.problem(NO_PASSWORD, key=shown)
    nearest = get_close_matches(key, keys, n=1)
    if nearest:
        return node.problem(NEAREST, key=shown, nearest=nearest[0])
    return node.problem(UNKNOWN, key=shown, known=", ".join(keys))


def _bad(detail: ErrorDetails, node: Node, key: str) -> Problem:
    params = {"key": key[:60], **detail.get("ctx", {})}
    if detail["input"] is None:
        return node.problem(EMPTY, key=key[:60])
    if detail["type"] == "sentence":
        return node.problem(detail["msg"], **params)
    if detail["type"] == "literal_error" and isinstance(detail["input"], str):
        expected = str(params["expected"]).replace("'", "").replace(" or ", ", ")
        return node.problem(ONE_OF, key=key[:60], value=detail["input"][:60], known=expected)
    return node.problem(KINDS.get(detail["type"], NOT_UNDERSTOOD), key=key[:60])


def known(loc: Sequence[Step], value: Any) -> list[str]:
    """The keys the grammar knows at this place of the document."""
    kind: Any = ProviderFile
    for step in loc:
        kind = _narrowed(kind, value)
        value = _item(value, step)
        kind = _annotation(kind, step)
    kind = _narrowed(kind, value)
    return kind.keys() if isinstance(kind, type) and issubclass(kind, Section) else []


def _item(value: Any, step: Step) -> Any:
    if isinstance(step, int):
        return value[step] if isinstance(value, list) else value
    return value.get(step) if isinstance(value, dict) else None


def _narrowed(kind: Any, value: Any) -> Any:
    return kind.chosen(value) if isinstance(kind, type) and issubclass(kind, Section) else kind


def _annotation(kind: Any, step: Step) -> Any:
    if isinstance(kind, type) and issubclass(kind, Section):
        fields = {info.alias or name: info.annotation for name, info in kind.model_fields.items()}
        return _bare(fields.get(str(step)))
    inside = get_args(kind)
    return _bare(inside[1] if get_origin(kind) is dict else inside[0]) if inside else None


def _bare(kind: Any) -> Any:
    """The type itself, without what may be absent and what validates it."""
    if get_origin(kind) in {Annotated, UnionType, Union}:
        return _bare(next(item for item in get_args(kind) if item is not type(None)))
    return kind
