"""What an urgent ticket would cost, in the exact words that are accepted. Pure: the same facts give the same text.

The wording follows Code civil 1127-1 and 1127-2 (price and text before a second screen) and, for consumers, Code de la
consommation L221-14 (the button says that it is an order with an obligation to pay) and L221-28 (express agreement).
"""

from dataclasses import dataclass
from datetime import date

from astreinte.core import digests

# A new wording is a new version: texts already accepted are kept whole in their consent.
WORDING = "2026-11"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Everything the text depends on. Amounts are ready to print ("95,00 €")."""

    language: str
    consumer: bool
    provider: str
    server: str
    amount_excl: str
    amount_incl: str
    vat_rate: str
    vat_mention: str
    tariff_from: date
    policy_from: date
    covered: tuple[str, ...]
    excluded: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the customer reads and accepts."""

    text: str
    text_sha256: str
    button: str
    box: str


_TEXT = {
    "fr": (
        "En ouvrant un ticket urgent pour le serveur {server}, vous engagez immédiatement un ingénieur de l’hébergeur {provider}, "
        "24 heures sur 24 et 7 jours sur 7.\n"
        "Si le problème est couvert par la garantie de service, l’intervention est gratuite.\n"
        "Si le problème n’est pas de notre responsabilité, l’intervention est facturée {amount_excl} HT, soit {amount_incl} TTC "
        "({vat}), sans devis préalable : ouvrir le ticket en mode urgent vaut acceptation. L’ingénieur vous aide dans tous les cas, "
        "dans la mesure du possible. Dans le doute, rien n’est facturé.\n"
        "Sont couverts, par exemple : {covered}.\n"
        "Ne sont pas couverts, par exemple : {excluded}.\n"
        "Vous pouvez annuler sans frais tant qu’aucun ingénieur n’a pris l’appel en charge, et contester le verdict pendant 30 jours.\n"
        "Tarif en vigueur depuis le {tariff_from} ; garantie en vigueur depuis le {policy_from} ; rédaction {wording}."
    ),
    "en": (
        "By opening an urgent ticket for the server {server} you immediately engage an engineer of {provider}, "
        "24 hours a day, 7 days a week.\n"
        "If the problem is covered by the service guarantee, the intervention is free.\n"
        "If the problem is not our responsibility, the intervention is billed {amount_excl} excl. VAT, that is {amount_incl} incl. VAT "
        "({vat}), with no prior quote: opening the ticket in urgent mode is the acceptance. The engineer helps you in every case, "
        "as far as possible. In doubt, nothing is billed.\n"
        "Covered, for example: {covered}.\n"
        "Not covered, for example: {excluded}.\n"
        "You may cancel free of charge until an engineer has taken the call, and contest the verdict for 30 days.\n"
        "Tariff in force since {tariff_from}; guarantee in force since {policy_from}; wording {wording}."
    ),
}
_BUTTON = {
    ("fr", False): "Confirmer le ticket urgent : {amount_excl} HT ({amount_incl} TTC) si le problème n’est pas couvert",
    (
        "en",
        False,
    ): "Confirm the urgent ticket: {amount_excl} excl. VAT ({amount_incl} incl. VAT) if the problem is not covered",
    (
        "fr",
        True,
    ): "Commande avec obligation de paiement : {amount_incl} TTC si le problème n’est pas couvert par la garantie",
    (
        "en",
        True,
    ): "Order with an obligation to pay: {amount_incl} incl. VAT if the problem is not covered by the guarantee",
}
_BOX = {
    "fr": (
        "Je demande que l’intervention commence immédiatement et je reconnais que, une fois l’intervention pleinement exécutée, "
        "je perds mon droit de rétractation (Code de la consommation, article L221-28, 1°)."
    ),
    "en": (
        "I ask for the intervention to begin immediately and I acknowledge that, once it is fully performed, "
        "I lose my right of withdrawal (French Consumer Code, article L221-28, 1°)."
    ),
}
# French sets a space that does not break before a semicolon
LANGUAGES = ("fr", "en")
_SEMICOLON = {"fr": "\u00a0; ", "en": "; "}
CLAUSES = {
    "service-down": {
        "fr": "un service que nous administrons a cessé de fonctionner",
        "en": "a service that we administer has stopped",
    },
    "change-not-applied": {
        "fr": "une modification faite dans l’administration n’est pas correctement appliquée",
        "en": "a change made in the administration is not correctly applied",
    },
    "backup-unreachable": {
        "fr": "les sauvegardes quotidiennes ne sont pas accessibles depuis le serveur",
        "en": "the daily backups cannot be reached from the server",
    },
    "host-down": {
        "fr": "une panne de matériel, d’hyperviseur ou d’alimentation",
        "en": "a failure of hardware, hypervisor or power",
    },
    "network-ours": {"fr": "une panne de notre réseau", "en": "a fault of our network"},
    "misuse": {"fr": "une utilisation incorrecte du serveur", "en": "an incorrect use of the server"},
    "customer-app": {
        "fr": "un comportement anormal des applications hébergées",
        "en": "an abnormal behaviour of the hosted applications",
    },
    "performance-not-ours": {
        "fr": "une lenteur qui ne vient ni du serveur ni du réseau",
        "en": "slowness that comes neither from the server nor from the network",
    },
    "saturation": {
        "fr": "des ressources saturées par les applications hébergées",
        "en": "resources saturated by the hosted applications",
    },
    "network-not-ours": {
        "fr": "une panne de réseau dont l’origine n’est pas la nôtre",
        "en": "a network fault whose origin is not ours",
    },
    "general-help": {"fr": "toute demande générale d’aide", "en": "any general request for help"},
    "undetermined": {"fr": "l’origine n’a pas pu être établie", "en": "the origin could not be established"},
}


def clause_in_words(slug: str) -> dict[str, str]:
    """A clause as people read it, by language."""
    return {language: clause_words(slug, language=language) for language in LANGUAGES}


def clause_words(slug: str, *, language: str) -> str:
    """A clause in words; a clause the provider added speaks by its name."""
    return CLAUSES.get(slug, {}).get(language) or slug.replace("-", " ")


def _day(day: date, *, language: str) -> str:
    return day.strftime("%d/%m/%Y") if language == "fr" else day.isoformat()


def words(terms: Terms) -> Words:
    """The text, its SHA-256, the label of the button, and the consumer's separate box (empty for a business)."""
    language = terms.language
    names = {
        "server": terms.server,
        "provider": terms.provider,
        "amount_excl": terms.amount_excl,
        "amount_incl": terms.amount_incl,
        "vat": terms.vat_mention or {"fr": "TVA {0} %", "en": "VAT {0} %"}[language].format(terms.vat_rate),
        "covered": _SEMICOLON[language].join(clause_words(slug, language=language) for slug in terms.covered),
        "excluded": _SEMICOLON[language].join(clause_words(slug, language=language) for slug in terms.excluded),
        "tariff_from": _day(terms.tariff_from, language=language),
        "policy_from": _day(terms.policy_from, language=language),
        "wording": WORDING,
    }
    text = _TEXT[language].format(**names)
    return Words(
        text=text,
        text_sha256=digests.sha256(text),
        button=_BUTTON[language, terms.consumer].format(**names),
        box=_BOX[language] if terms.consumer else "",
    )
