"""The provider's own causes for the coverage advice: `advice: [{when: [{fact, is, subject?}], clause, side, says?}]`."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from astreinte.core.refusals import gettext_noop
from astreinte.guarantee.rules.advice import own
from astreinte.guarantee.rules.advice.conditions import BANDS
from astreinte.guarantee.rules.advice.vocabulary import KINDS
from astreinte.provider_file.people import Language
from astreinte.provider_file.problems import Problem
from astreinte.provider_file.sections import Section
from astreinte.provider_file.tree import Node
from astreinte.provider_file.values import Name, Text, reads

MOST_CAUSES, MOST_FACTS = 100, 10

NO_KIND = gettext_noop("%(key)s: %(value)s is not a kind of fact; see docs/advice.md for their names.")
NO_VALUE = gettext_noop("%(key)s: %(fact)s is never %(value)s. It may be: %(known)s.")
NO_CLAUSE = gettext_noop("%(key)s: no policy lists the clause %(value)s among those that are %(list)s.")
NOT_A_CAUSE = gettext_noop(
    "when: on the customer's side, one fact at least must be able to be a cause; these only say what is seen, claimed or whose it is."
)
OF_SIDE = {"provider": "covered", "customer": "excluded"}


def _known(text: str) -> str:
    if text not in KINDS:
        raise ValueError(text)
    return text


def _one_or_several(value: Any) -> Any:
    """A word alone stands for a list of one."""
    return [value] if isinstance(value, str) else value


class OwnFact(Section):
    """A fact that must be so: of this kind, with one of these values. Without `subject`, about the same as the first one."""

    fact: Annotated[str, reads(_known, NO_KIND)]
    is_: Annotated[tuple[Text, ...], BeforeValidator(_one_or_several)] = Field(alias="is", min_length=1)
    subject: Text | None = None


class OwnCause(Section):
    """When all these facts are so, the clause applies: covered on the provider's side; to be proven on the customer's."""

    when: tuple[OwnFact, ...] = Field(min_length=1, max_length=MOST_FACTS)
    clause: Name
    side: Literal["provider", "customer"]
    says: dict[Language, Text] | None = None


def problems(root: Node) -> Iterator[Problem]:
    """Values a kind never has, clauses no policy has, and causes that cannot found a fee."""
    for cause in root.get("advice").items():
        facts = cause.get("when").items()
        for fact in facts:
            yield from _values(fact)
        yield from _clause(cause, root)
        kinds = [fact.get("fact").text.strip() for fact in facts]
        if cause.get("side").text == "customer" and kinds and not any(map(own.may_found_a_fee, kinds)):
            yield cause.get("when").problem(NOT_A_CAUSE)


def _values(fact: Node) -> Iterator[Problem]:
    kind, written = fact.get("fact").text.strip(), fact.get("is")
    if kind not in KINDS:
        return
    for node in written.items() or [written]:
        for value in own.unknown_values(kind, [node.text.strip()] if node.text.strip() else []):
            known = ", ".join([*KINDS[kind].values, *BANDS])
            yield node.problem(NO_VALUE, key="is", fact=kind, value=value[:60], known=known)


def _clause(cause: Node, root: Node) -> Iterator[Problem]:
    clause, side = cause.get("clause"), OF_SIDE.get(cause.get("side").text)
    policies = root.get("policies").items()
    listed = {one.text.strip() for policy in policies for one in policy.get(side or "").items()}
    if side and clause.text and policies and clause.text.strip() not in listed:
        yield clause.problem(NO_CLAUSE, key="clause", value=clause.text[:60], list=side)
