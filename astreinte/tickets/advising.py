"""What the facts of a diagnosis advise, under the policy that binds: the ticket's, or that of a ticket opened now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from astreinte.accounts import queries as accounts
from astreinte.core import digests
from astreinte.guarantee import queries as guarantee
from astreinte.guarantee.models import DeskPolicy
from astreinte.guarantee.rules.advice import Question, Terms, advise, read
from astreinte.tickets import diagnoses
from astreinte.tickets import queries as cases
from astreinte.tickets.facts import about
from astreinte.tickets.models import Diagnosis

HEADLINES = {
    "covered": gettext_noop("It is most likely on our side."),
    "excluded": gettext_noop("It is most likely not on our side."),
    "undetermined": gettext_noop("We cannot say from here whose problem it is: an engineer has to look."),
    "ineligible": gettext_noop("The plan of this server has no urgent tickets."),
}
# Why a fact is cited when the answer rests on it.
DECIDES = frozenset({"ours", "theirs", "agrees", "broken", "known-incident", "not-entitled", "not-in-plan"})
# It names a cause on the customer's side, unproven: the customer reads it, so does the engineer, and a verdict may rest on it.
NAMES = "named"


def of_diagnosis(diagnosis: Diagnosis, facts: Sequence[dict[str, Any]], *, at: datetime) -> dict[str, Any]:
    """The advice, as the API gives it. What the customer wrote is not read."""
    policy = _policy(diagnosis, at=at)
    terms = Terms(
        covered=policy.covered if policy else (),
        excluded=policy.excluded if policy else (),
        urgent=diagnosis.server.plan.urgent,
    )
    read_facts, _wrong = read(facts)  # ours are never wrong: see the stories of facts
    causes = guarantee.own_causes()
    return advise(Question(terms=terms, symptom=diagnosis.symptom, facts=read_facts, at=at, more_causes=causes)).as_json


def weighed(diagnosis: Diagnosis, *, symptom: str, at: datetime) -> dict[str, Any]:
    """What the same looks advise for another complaint. Nothing is looked at again, and nothing is kept."""
    other = Diagnosis(server=diagnosis.server, symptom=symptom, ticket=None)
    return of_diagnosis(other, about(diagnosis.server, symptom=symptom, at=at), at=at)


def _policy(diagnosis: Diagnosis, *, at: datetime) -> DeskPolicy | None:
    if diagnosis.ticket and diagnosis.ticket.policy:
        return diagnosis.ticket.policy
    provider = accounts.provider()
    return guarantee.policy_on(cases.local_day(at, provider).date()) if provider else None


def is_cited(role: str, *, outcome: str) -> bool:
    """Whether a fact in this role is told beside the answer: what decides; where nothing does, the cause that is named."""
    return role in DECIDES or (role == NAMES and outcome == "undetermined")


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Something that a verdict may rest on, ready to be frozen."""

    kind: str
    text: str
    body: dict[str, Any]
    seen_at: datetime

    @property
    def sha256(self) -> str:
        """That of its body: the same words are frozen once. What is frozen commits to them with a salt."""
        return digests.sha256(digests.canonical_json(self.body))


def proofs(diagnosis: Diagnosis, *, language: str) -> Iterator[Proof]:
    """The diagnosis as a whole, then each fact its advice rests on, or that names a cause where it cannot say."""
    advice, began = diagnosis.advice or {}, diagnosis.started_at
    whole = {"diagnosis": str(diagnosis.public_id), "facts": diagnosis.facts, "advice": advice}
    with translation.override(language):
        yield Proof(kind="diagnosis", text=_headline(diagnosis, advice), body=whole, seen_at=began)
    for entry in advice["explanation"]:
        fact = _behind(entry, diagnosis.facts)
        if fact and is_cited(entry["role"], outcome=advice["outcome"]):
            seen_at = datetime.fromisoformat(fact["observed_at"])
            yield Proof(kind="fact", text=entry["says"][language], body=fact, seen_at=seen_at)


def _headline(diagnosis: Diagnosis, advice: dict[str, Any]) -> str:
    said = gettext(HEADLINES[advice["outcome"]])
    if diagnosis.ticket and not diagnoses.tells(diagnosis, diagnosis.ticket):
        return gettext("Looked at again once it was resolved: %(said)s") % {"said": said}
    return said


def _behind(entry: dict[str, Any], facts: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    key = (entry["fact_kind"], entry.get("subject", ""), entry.get("value"))
    return next((one for one in facts if (one["kind"], one.get("subject", ""), one["value"]) == key), None)
