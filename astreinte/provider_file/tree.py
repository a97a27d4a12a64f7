"""YAML text to a tree that remembers its lines; whatever could hurt or surprise is refused.

Scalars stay as they were written: `country: NO` is Norway, `postcode: 01000` keeps its zero, `amount: 95.00` its cents.
The grammar decides what each one means. Anchors, tags and second documents have no use here and are refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import yaml

from astreinte.core.refusals import gettext_noop
from astreinte.provider_file.problems import Problem, ProviderFileRefused, Step, path_text

LONGEST = 1024 * 1024
DEEPEST = 16
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
EMPTY = frozenset({"", "~", "null"})

TOO_LONG = gettext_noop("The file is longer than 1 MiB.")
NOT_UTF8 = gettext_noop("The file is not UTF-8 text: save it as UTF-8.")
BAD_CHARACTER = gettext_noop("The character U+%(code)s cannot be printed: remove it.")
NOTHING = gettext_noop("The file is empty.")
NOT_SECTIONS = gettext_noop("The file must be made of sections: provider, plans, staff...")
TAB = gettext_noop("A tab cannot indent YAML: use spaces.")
NOT_YAML = gettext_noop("This cannot be read as YAML: %(reason)s.")
ANCHOR = gettext_noop("Anchors and aliases (& and *) are not accepted: write the value out, or put it in quotes.")
TAG = gettext_noop("Tags (!) are not accepted: write the value alone, or put it in quotes.")
SECOND = gettext_noop("There must be one document only: remove what follows this line.")
TOO_DEEP = gettext_noop("This is nested too deep.")
TWICE = gettext_noop("%(key)s is already written on line %(first)d.")
NOT_A_KEY = gettext_noop("A key must be plain text.")


class Bare(str):
    """A text written without quotes."""

    __slots__ = ()


Content = str | list["Node"] | dict[str, "Node"] | None


@dataclass(frozen=True, eq=False)
class Node:
    """A value and where it stands. Lines and columns count from 1; those of a mapping or a list are its key's."""

    content: Content
    line: int
    column: int
    path: tuple[Step, ...] = ()
    quoted: bool = False

    def get(self, key: str) -> "Node":
        """The value of this key; a node without content when there is none."""
        found = self.content.get(key) if isinstance(self.content, dict) else None
        return found or Node(None, self.line, self.column, (*self.path, key))

    def pairs(self) -> list[tuple[str, "Node"]]:
        return list(self.content.items()) if isinstance(self.content, dict) else []

    def items(self) -> list["Node"]:
        return self.content if isinstance(self.content, list) else []

    @property
    def text(self) -> str:
        return self.content if isinstance(self.content, str) else ""

    def plain(self) -> Any:
        """The same without lines: texts (Bare when unquoted), lists and dicts."""
        if isinstance(self.content, dict):
            return {key: node.plain() for key, node in self.content.items()}
        if isinstance(self.content, list):
            return [node.plain() for node in self.content]
        return Bare(self.content) if isinstance(self.content, str) and not self.quoted else self.content

    def problem(self, msgid: str, **params: object) -> Problem:
        return Problem(self.line, self.column, path_text(self.path), msgid, params)


def read(document: str | bytes) -> tuple[Node, list[Problem]]:
    """The tree of this document and the keys written twice; raises ProviderFileRefused when there is no tree."""
    text = _decoded(document)
    builder = Builder(_events(text))
    try:
        root = builder.document()
    except yaml.MarkedYAMLError as error:
        raise _explained(error, text) from error
    except yaml.YAMLError as error:
        raise _refused(1, 1, NOT_YAML, reason=str(error).splitlines()[0]) from error
    if not isinstance(root.content, dict):
        raise _refused(root.line, root.column, NOTHING if root.content is None else NOT_SECTIONS)
    return root, builder.problems


def _refused(line: int, column: int, msgid: str, **params: object) -> ProviderFileRefused:
    return ProviderFileRefused([Problem(line, column, "", msgid, params)])


def _decoded(document: str | bytes) -> str:
    if len(document) > LONGEST:
        raise _refused(1, 1, TOO_LONG)
    text = document if isinstance(document, str) else _utf8(document)
    text = text.removeprefix("\ufeff")
    if found := UNPRINTABLE.search(text):
        raise _refused(*_position(text, found.start()), BAD_CHARACTER, code=f"{ord(found[0]):04X}")
    if len(text.encode()) > LONGEST:
        raise _refused(1, 1, TOO_LONG)
    return text


def _utf8(document: bytes) -> str:
    try:
        return document.decode()
    except UnicodeDecodeError as error:
        before = document[: error.start].decode(errors="replace")
        raise _refused(*_position(before, len(before)), NOT_UTF8) from error


def _position(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _explained(error: yaml.MarkedYAMLError, text: str) -> ProviderFileRefused:
    line, column = _place(error.problem_mark or error.context_mark)
    here = (text.splitlines()[line - 1 : line] or [""])[0]
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return _refused(line, column, TAB)
    return _refused(line, column, NOT_YAML, reason=error.problem or "?")


def _place(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _events(text: str) -> Iterator[yaml.Event]:
    # libyaml reads 1 MiB in a fraction of a second, the Python reader in half a minute.
    return iter(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


class Builder:
    """Builds the tree from the events of the reader, and never follows more than DEEPEST levels."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.problems: list[Problem] = []

    def document(self) -> Node:
        """The only document of the file."""
        root = Node(None, 1, 1)
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root.content is not None:
                    raise _refused(*_place(event.start_mark), SECOND)
                root = self.node(next(self.events), (), at=None)
        return root

    def node(self, event: yaml.Event, path: tuple[Step, ...], *, at: tuple[int, int] | None) -> Node:
        """One value; `at` is where its key stands."""
        here = _place(event.start_mark)
        _plain_only(event, here)
        if isinstance(event, yaml.ScalarEvent):
            quoted = not event.implicit[0]
            return Node(None if not quoted and event.value in EMPTY else event.value, *here, path, quoted)
        if len(path) >= DEEPEST:
            raise _refused(*here, TOO_DEEP)
        inside = self.mapping(path) if isinstance(event, yaml.MappingStartEvent) else self.sequence(path)
        return Node(inside, *(at or here), path)

    def sequence(self, path: tuple[Step, ...]) -> list[Node]:
        found: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self.node(event, (*path, len(found)), at=None))
        return found

    def mapping(self, path: tuple[Step, ...]) -> dict[str, Node]:
        found: dict[str, Node] = {}
        keys: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, (*path, "?"), at=None)
            name = key.content if isinstance(key.content, str) else ""
            value = self.node(next(self.events), (*path, name), at=(key.line, key.column))
            if not name:
                self.problems.append(key.problem(NOT_A_KEY))
            elif name in keys:
                again = replace(key, path=(*path, name))
                self.problems.append(again.problem(TWICE, key=name[:60], first=keys[name]))
            else:
                found[name], keys[name] = value, key.line
        return found


def _plain_only(event: yaml.Event, here: tuple[int, int]) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _refused(*here, ANCHOR)
    if getattr(event, "tag", None):
        raise _refused(*here, TAG)
