"""The advice as doors ask for it: plain values in, the advice out, or everything that is wrong with the values."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from astreinte.core.refusals import gettext_noop
from astreinte.guarantee import queries
from astreinte.guarantee.rules.advice import Advice, Question, Terms, advise, read
from astreinte.guarantee.rules.advice.vocabulary import SYMPTOMS

LONGEST_TEXT = 20_000

NO_PLAN = gettext_noop("There is no such plan: write the name of one of yours, or shared, dedicated or gold.")
NO_POLICY = gettext_noop(
    "There is no policy of that day: write the first day of one of yours, or 2019-12-13 or 2024-12-16."
)
NO_SYMPTOM = gettext_noop("This must be one of: %(known)s.")
NOT_A_LIST = gettext_noop("This must be a list of facts.")
NOT_TEXT = gettext_noop("This must be a text of at most %(most)s characters.")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Trouble:
    """A field, and the sentence (through gettext) that says what to write."""

    field: str
    msgid: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


class NotUnderstood(Exception):  # noqa: N818 - an answer
    """The question cannot be read."""

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        super().__init__(", ".join(trouble.field for trouble in troubles))
        self.troubles = tuple(troubles)


def advice(*, plan: Any, policy: Any, symptom: Any, text: Any, facts: Any, at: datetime) -> Advice:
    """What the facts say at this instant. The text is looked at for its length alone. Raises NotUnderstood."""
    terms, troubles = _terms(plan, policy)
    if symptom not in SYMPTOMS:
        troubles.append(Trouble(field="symptom", msgid=NO_SYMPTOM, params={"known": ", ".join(SYMPTOMS)}))
    if text is not None and (not isinstance(text, str) or len(text) > LONGEST_TEXT):
        troubles.append(Trouble(field="text", msgid=NOT_TEXT, params={"most": LONGEST_TEXT}))
    if not isinstance(facts, list):
        raise NotUnderstood([*troubles, Trouble(field="facts", msgid=NOT_A_LIST)])
    found, wrong = read(facts)
    troubles += [Trouble(field=one.place, msgid=one.msgid, params=one.params) for one in wrong]
    if troubles or terms is None:
        raise NotUnderstood(troubles)
    causes = queries.own_causes()
    return advise(Question(terms=terms, symptom=symptom, facts=found, at=at, more_causes=causes))


def _terms(plan: Any, policy: Any) -> tuple[Terms | None, list[Trouble]]:
    urgent = queries.is_urgent(plan) if isinstance(plan, str) else None
    lists = queries.lists_of(_day(policy))
    troubles = [] if urgent is not None else [Trouble(field="plan", msgid=NO_PLAN)]
    troubles += [] if lists else [Trouble(field="policy", msgid=NO_POLICY)]
    if urgent is None or lists is None:
        return None, troubles
    return Terms(covered=lists.covered, excluded=lists.excluded, urgent=urgent), troubles


def _day(policy: Any) -> date | None:
    try:
        return policy if isinstance(policy, date) else date.fromisoformat(policy)
    except (TypeError, ValueError):
        return None
