"""When a standard ticket, free, or something the customer does alone helps better than waking somebody: it is said first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from astreinte.guarantee import queries as guarantee
from astreinte.tickets import advising
from astreinte.tickets.models import Symptom

# Facts that name a cause on the customer's side, proven or not.
NAMES = frozenset({"theirs", advising.NAMES})
# What is free already, or cannot be urgent, needs no other way.
SETTLED = frozenset({"covered", "ineligible"})
QUESTION = gettext_noop("This is a question of use: it is answered with more care in the working hours.")
CERTIFICATE = gettext_noop(
    "The certificate of the site is one that you, or somebody you chose, put there or keep from being renewed: it is renewed there."
)
ZONE = gettext_noop("The name is kept by somebody you chose: its zone is corrected where you manage it.")
DOMAIN = gettext_noop("The domain is not active at its registrar: it is renewed there, and works again within hours.")
WAYS = {
    "firewall.ban": gettext_noop(
        "Your own address is banned by the firewall, after failed log-ins or an abuse; nothing shows that others are kept out. "
        "Correct the password kept in your programs: we lift the ban."
    ),
    "firewall.blocking_rule": gettext_noop("A rule of your own closes this port in the firewall: you can take it off."),
    "network.loss_at": gettext_noop(
        "The traffic is lost at your place or in an access network. Try another connection, a telephone for example, and tell your access "
        "provider."
    ),
    "domain.registration": DOMAIN,
    "dns.answer": ZONE,
    "dns.dnssec": ZONE,
    "tls.days_left": CERTIFICATE,
    "dns.ttl_left": gettext_noop(
        "Your change is made and served. Caches elsewhere still hold the previous answer: it goes away by itself."
    ),
    "account.state": gettext_noop(
        "The account is suspended, and you were told why: that is settled without an engineer."
    ),
    "change.apply_state": gettext_noop("The server refused your last change as not valid: correct it, or ask us how."),
    "request.data_age": gettext_noop("What you ask for is older than the backups that are kept."),
    "request.intent": QUESTION,
}


@dataclass(frozen=True, kw_only=True)
class Guide:
    """A page of the provider's about it."""

    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Better:
    """What helps better, and the provider's pages about it."""

    text: str
    guides: list[Guide]


def way(advice: Mapping[str, Any], *, symptom: str) -> Better | None:
    """For this advice and this complaint; None when an urgent ticket is as good, or free."""
    if advice["outcome"] in SETTLED:
        return None
    named = [one["fact_kind"] for one in advice.get("explanation", []) if one.get("role") in NAMES]
    text = next((WAYS[kind] for kind in named if kind in WAYS), QUESTION if symptom == Symptom.HOW_TO else "")
    guides = _guides({*named, symptom})
    return Better(text=_(text) if text else "", guides=guides) if text or guides else None


def _guides(about: set[str]) -> list[Guide]:
    language = (get_language() or "fr")[:2]
    found = [one for one in guarantee.guides() if one["about"] in about]
    return [Guide(title=_in(one["title"], language), url=one["url"]) for one in found]


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or next(iter(words.values()))
