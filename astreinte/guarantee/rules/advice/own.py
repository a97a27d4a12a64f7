"""A provider's own causes, from its provider file: `{when: [{fact, is, subject?}], clause, side, says?}`.

They extend the tables and replace nothing. On the customer's side one never makes a fee by itself: at least one of its facts must be
able to be a cause, and the proof of facts.md, 3.3 is asked of it as of any other.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from astreinte.guarantee.rules.advice.cause import Cause
from astreinte.guarantee.rules.advice.conditions import BANDS, Condition, Is
from astreinte.guarantee.rules.advice.supports import EFFECT_SEEN, SERVER_SERVES, WARNED
from astreinte.guarantee.rules.advice.vocabulary import KINDS

# A symptom, a past, an owner or a claim: it says nothing of why (facts.md, 7), so it founds no fee.
NEVER_A_CAUSE = ("request.", "entitlement.", "notice.", "history.", "vantage.", "http.", "incident.", "traffic.")
NEVER_ALONE = frozenset(
    {
        "change.by",
        "change.age",
        "service.managed_by",
        "resource.top_owner",
        "limit.set_by",
        "tls.origin",
        "dns.delegation",
        "domain.registrar",
        "mail.ip_pool",
    }
)
SUPPORT: tuple[Condition, ...] = (*SERVER_SERVES, *EFFECT_SEEN, WARNED)
SAYS = {
    "fr": "Règle de l'hébergeur, dans son fichier de configuration.",
    "en": "A rule of the provider, in its provider file.",
}


def may_found_a_fee(kind: str) -> bool:
    """Whether a fact of this kind may be a cause on the customer's side."""
    return not kind.startswith(NEVER_A_CAUSE) and kind not in NEVER_ALONE


def unknown_values(kind: str, values: Iterable[str]) -> list[str]:
    """Those that this kind never has. A number is compared by its band only."""
    known = {*BANDS, *KINDS[kind].values, *(("true", "false") if KINDS[kind].type == "bool" else ())}
    return [value for value in values if value not in known]


def causes(said: Iterable[Mapping[str, Any]]) -> tuple[Cause, ...]:
    """The causes of a file that was found right."""
    return tuple(_causes(said))


def _causes(said: Iterable[Mapping[str, Any]]) -> Iterator[Cause]:
    for place, rule in enumerate(said):
        when = tuple(_condition(one, first=place_of == 0) for place_of, one in enumerate(rule["when"]))
        yield Cause(
            name=f"advice[{place}]",
            side=rule["side"],
            clauses=(rule["clause"],),
            when=when,
            says={**SAYS, **(rule.get("says") or {})},
            support=SUPPORT if rule["side"] == "customer" else (),
        )


def _condition(said: Mapping[str, Any], *, first: bool) -> Is:
    """Without a subject, the first fact may be about anything and the others are about the same."""
    values = [said["is"]] if isinstance(said["is"], str) else said["is"]
    on = said.get("subject") or ("any" if first else "same")
    return Is(kind=said["fact"], is_=tuple(values), on=str(on).lower())
