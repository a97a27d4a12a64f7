"""The provider's own Prometheus: `monitoring: {prometheus: {url, user?, match?, queries?, without?, exporters?}}`."""

import re
from collections.abc import Iterator
from string import Template
from typing import Annotated, Any

from pydantic import Field

from astreinte.core.refusals import gettext_noop
from astreinte.provider_file.problems import Problem
from astreinte.provider_file.sections import Section
from astreinte.provider_file.tree import Node
from astreinte.provider_file.values import Name, Note, Text, WebUrl, reads
from astreinte.tickets.rules.metrics import promql, table

MOST_QUERIES = 100
HOST = re.compile(r"[A-Za-z0-9._-]+")
STANDS_FOR = ("$name", "$short", "$addresses")

BAD_LABEL = gettext_noop("%(key)s: %(value)s is not a label; write letters, digits and underscores, as in instance.")
BAD_MATCH = gettext_noop(
    "%(key)s: %(value)s is not a regular expression in which $name, $short or $addresses stand for the server."
)
NO_MATCH = gettext_noop("match: one label at least must name the server by $name, $short or $addresses.")
BAD_EXPORTER = gettext_noop(
    "%(key)s: %(value)s is not where an exporter listens; write its port, or as in $address:9100 with $name, $short or $address."
)
NO_QUESTION = gettext_noop("%(key)s: there is no question named %(value)s. Known: %(known)s.")


def _label(text: str) -> str:
    if not promql.LABEL.fullmatch(text):
        raise ValueError(text)
    return text


def _template(text: str) -> str:
    try:
        re.compile(Template(text).substitute(name="a", short="a", addresses="a"))
    except (re.error, KeyError) as error:
        raise ValueError(text) from error
    return text


def _exporter(text: str) -> str:
    """A port alone is that of the server's own name."""
    where = f"$name:{text}" if text.isdecimal() else text
    host, _, port = where.rpartition(":")
    called = Template(host).safe_substitute(name="a", short="a", address="a")
    if called == host or not HOST.fullmatch(called) or not port.isdecimal() or not 0 < int(port) < 65536:  # noqa: PLR2004
        raise ValueError(text)
    return where


Label = Annotated[str, reads(_label, BAD_LABEL)]
Exporter = Annotated[str, reads(_exporter, BAD_EXPORTER)]
Match = Annotated[str, reads(_template, BAD_MATCH)]


class Question(Section):
    """A question in PromQL, and the fact its answer is."""

    fact: Text
    query: Note
    subject: Text | None = None
    subjects: dict[Text, Text] | None = None
    values: dict[Text, Text] | None = None


class Prometheus(Section):
    """Where it is, by which labels it knows a server, what is asked beside what the product asks, and where exporters listen."""

    url: WebUrl
    user: Text | None = None
    match: dict[Label, Match] = {}
    queries: dict[Name, Question] = Field(default={}, max_length=MOST_QUERIES)
    without: tuple[Name, ...] = ()
    exporters: dict[Name, Exporter] = {}

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return self.model_dump(exclude_none=True, mode="json")


def problems(root: Node) -> Iterator[Problem]:
    """Labels that name no server, questions that would be refused, or left out and unknown."""
    section = root.get("monitoring").get("prometheus")
    match = section.get("match")
    if match.pairs() and not any(one in node.text for _label, node in match.pairs() for one in STANDS_FOR):
        yield match.problem(NO_MATCH)
    for _name, question in section.get("queries").pairs():
        yield from _question(question)
    known = [*table.shipped(), *(name for name, _node in section.get("queries").pairs())]
    for node in section.get("without").items():
        if node.text and node.text not in known:
            yield node.problem(NO_QUESTION, key="without", value=node.text[:60], known=", ".join(known))


def _question(question: Node) -> Iterator[Problem]:
    said = question.plain()
    if not isinstance(said, dict) or not isinstance(said.get("fact"), str) or not isinstance(said.get("query"), str):
        return  # the grammar says what is missing
    kept = {key: value for key, value in said.items() if isinstance(value, str if key in _TEXTS else dict)}
    for fault in table.faults(kept):
        yield question.get(fault.key).problem(fault.msgid, key=fault.key, **fault.params)


_TEXTS = ("fact", "query", "subject")
