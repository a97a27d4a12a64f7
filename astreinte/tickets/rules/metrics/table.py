"""The questions a Prometheus is asked: those that ship with the product (`table.yaml`), and a provider's own beside or instead."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from astreinte.core.refusals import gettext_noop
from astreinte.guarantee.rules.advice.vocabulary import KINDS, Kind
from astreinte.tickets.rules.metrics import promql

SOURCE = "prometheus"
# The labels by which a Prometheus usually knows a server: its name or its address, and the port of the exporter.
MATCH = {"instance": r"($name|$addresses)(:\d+)?"}
LABEL = re.compile(r"\$([a-zA-Z_]\w*)")

NO_KIND = gettext_noop("%(key)s: %(value)s is not a kind of fact; see docs/advice.md for their names.")
NOT_MEASURED = gettext_noop("%(key)s: %(value)s is not a kind that a Prometheus can measure.")
UNBALANCED = gettext_noop("%(key)s: %(value)s has no fellow: a bracket or a quote is missing.")
NO_SERVER = gettext_noop("%(key)s: write {$server} after the name of a metric, or else it would be about any server.")
STRAY = gettext_noop("%(key)s: %(value)s stands for nothing here; {$server} are the labels of the server.")
NO_SUBJECT = gettext_noop("%(key)s: %(value)s needs a subject: words, or a label of the answer, as in $mountpoint.")
NO_VALUES = gettext_noop("%(key)s: %(value)s has words for values: write which number is which, as in {0: %(known)s}.")
NOT_A_VALUE = gettext_noop("%(key)s: %(fact)s is never %(value)s. It may be: %(known)s.")
NOT_A_NUMBER = gettext_noop("%(key)s: %(value)s is not a number.")
ONLY_NUMBERS = gettext_noop("%(key)s: %(value)s is a number already: it needs no values.")
NOT_A_PATTERN = gettext_noop("%(key)s: %(value)s is not a regular expression.")


@dataclass(frozen=True, kw_only=True)
class Query:
    """One question, and the fact its answer is. See the head of table.yaml."""

    name: str
    fact: str
    query: str
    subject: str = ""
    subjects: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[float, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What is known of this kind of fact."""
        return KINDS[self.fact]

    def about(self, labels: Mapping[str, str]) -> str | None:
        """What an answer with these labels is about; None when it is about nothing that is asked."""
        said = LABEL.sub(lambda found: labels.get(found[1], ""), self.subject).strip()
        if self.subjects:
            said = next((name for pattern, name in self.subjects.items() if re.fullmatch(pattern, said)), "")
        return said if said or (self.kind.subject == "optional" and not self.subject) else None


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a question: in which key, and its sentence."""

    key: str
    msgid: str
    params: Mapping[str, object]


def made(name: str, said: Mapping[str, Any]) -> Query:
    """A question as it is written, in which nothing is wrong."""
    values = {float(number): str(word) for number, word in (said.get("values") or {}).items()}
    return Query(name=name, **{**said, "values": values})


@cache
def shipped() -> Mapping[str, Query]:
    """Those of the product, by name."""
    said = yaml.safe_load(files(__package__).joinpath("table.yaml").read_text(encoding="utf-8"))
    return {name: made(name, one) for name, one in said.items()}


def whole(own: Mapping[str, Mapping[str, Any]], *, without: frozenset[str] = frozenset()) -> list[Query]:
    """Those of the product and the provider's; its own take the place of those with the same name, some are left out."""
    every = {**shipped(), **{name: made(name, said) for name, said in own.items()}}
    return [one for name, one in every.items() if name not in without]


def faults(said: Mapping[str, Any]) -> Iterator[Fault]:
    """Everything that is wrong with a question as it is written."""
    fact, query = str(said.get("fact", "")), str(said.get("query", ""))
    kind = KINDS.get(fact)
    if kind is None:
        yield Fault(key="fact", msgid=NO_KIND, params={"value": fact[:60]})
    elif SOURCE not in kind.sources:
        yield Fault(key="fact", msgid=NOT_MEASURED, params={"value": fact})
    else:
        yield from _subject(kind, said)
        yield from _values(kind, said.get("values") or {})
    yield from _query(query)


def _query(query: str) -> Iterator[Fault]:
    try:
        strays, selectors = promql.strays(query), promql.selectors(query)
    except promql.BadQuery as bad:
        yield Fault(key="query", msgid=UNBALANCED, params={"value": str(bad)})
        return
    for word in strays:
        yield Fault(key="query", msgid=STRAY, params={"value": word})
    if not selectors and not strays:
        yield Fault(key="query", msgid=NO_SERVER, params={})


def _subject(kind: Kind, said: Mapping[str, Any]) -> Iterator[Fault]:
    if kind.subject == "required" and not said.get("subject"):
        yield Fault(key="subject", msgid=NO_SUBJECT, params={"value": kind.name})
    for pattern in said.get("subjects") or {}:
        try:
            re.compile(pattern)
        except re.error:
            yield Fault(key="subjects", msgid=NOT_A_PATTERN, params={"value": pattern[:60]})


def _values(kind: Kind, values: Mapping[Any, Any]) -> Iterator[Fault]:
    if kind.values and not values:
        yield Fault(key="values", msgid=NO_VALUES, params={"value": kind.name, "known": kind.values[0]})
    if values and not kind.values:
        yield Fault(key="values", msgid=ONLY_NUMBERS, params={"value": kind.name})
        return
    for number, word in values.items():
        if not _is_number(number):
            yield Fault(key="values", msgid=NOT_A_NUMBER, params={"value": str(number)[:60]})
        if word not in kind.values:
            known = ", ".join(kind.values)
            yield Fault(
                key="values", msgid=NOT_A_VALUE, params={"fact": kind.name, "value": str(word)[:60], "known": known}
            )


def _is_number(text: Any) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
