"""Where an address is for French VAT: a postcode decides as much as a country."""

import re
from enum import StrEnum

from stdnum.eu import vat as eu_vat

from astreinte.core.refusals import Refusal


class UnreadablePostcode(Refusal):
    """The French postcode is not one we know, and it decides the VAT: correct the address."""


class SpecialTerritory(Refusal):
    """The address is in a territory with VAT rules of its own: ask the accountant."""


class Place(StrEnum):
    """The rows of the VAT decision table (CGI art. 259 and 294; directive 2006/112/CE art. 6)."""

    METROPOLE = "metropole"
    MONACO = "monaco"
    OVERSEAS = "overseas"
    OVERSEAS_WITHOUT_VAT = "overseas-without-vat"
    THIRD_TERRITORY = "third-territory"
    EUROPEAN_UNION = "european-union"
    ELSEWHERE = "elsewhere"


# INSEE prefixes first; Saint-Barthelemy and Saint-Martin kept the Guadeloupe postcodes 97133 and 97150, so the longest
# prefix must win: 8.5 % charged there would be wrong.
OVERSEAS_PREFIXES = {
    "97133": Place.THIRD_TERRITORY,
    "97150": Place.THIRD_TERRITORY,
    "971": Place.OVERSEAS,
    "972": Place.OVERSEAS,
    "973": Place.OVERSEAS_WITHOUT_VAT,
    "974": Place.OVERSEAS,
    "975": Place.THIRD_TERRITORY,
    "976": Place.OVERSEAS_WITHOUT_VAT,
    "977": Place.THIRD_TERRITORY,
    "978": Place.THIRD_TERRITORY,
    "980": Place.MONACO,
    "984": Place.THIRD_TERRITORY,
    "986": Place.THIRD_TERRITORY,
    "987": Place.THIRD_TERRITORY,
    "988": Place.THIRD_TERRITORY,
}

# The same places when somebody writes their own ISO 3166 code instead of FR.
OVERSEAS_COUNTRIES = {
    "MC": Place.MONACO,
    "GP": Place.OVERSEAS,
    "MQ": Place.OVERSEAS,
    "RE": Place.OVERSEAS,
    "GF": Place.OVERSEAS_WITHOUT_VAT,
    "YT": Place.OVERSEAS_WITHOUT_VAT,
    **dict.fromkeys(("PM", "BL", "MF", "WF", "PF", "NC", "TF"), Place.THIRD_TERRITORY),
}

# Inside a Member State, outside the Union's VAT territory (directive 2006/112/CE art. 6): Canaries, Ceuta, Melilla,
# Heligoland, Buesingen, Livigno, Campione, Aland, Mount Athos.
OUTSIDE_UNION_VAT = {
    "ES": ("35", "38", "51", "52"),
    "DE": ("27498", "78266"),
    "IT": ("23041", "23030", "22061", "22060"),
    "FI": ("22",),
    "GR": ("63086", "63087"),
}

SAINT_MARTIN_POSTCODES = ("97150", "978")
MEMBER_STATES = frozenset(code.upper() for code in eu_vat.MEMBER_STATES if code != "xi") - {"FR"}
# 01 to 95 and Corsica's 20; 00 is the army's, 96, 97 and 98 are not departments.
METROPOLITAN = re.compile(r"(0[1-9]|[1-8]\d|9[0-5])\d{3}")


def place_of(*, country: str, postcode: str) -> Place:
    """Where this is for VAT. Refuses an address it cannot place: it never guesses."""
    digits = re.sub(r"\s", "", postcode)
    if country == "FR":
        return _in_france(digits)
    if country == "GP" and digits in ("97133", "97150"):
        return Place.THIRD_TERRITORY
    if country in OVERSEAS_COUNTRIES:
        return OVERSEAS_COUNTRIES[country]
    if country in MEMBER_STATES:
        return _in_the_union(country, digits)
    return Place.ELSEWHERE


def is_saint_martin(*, country: str, postcode: str) -> bool:
    """Published opinions differ about Saint-Martin: its invoices carry a warning."""
    return country == "MF" or (country in ("FR", "GP") and postcode.startswith(SAINT_MARTIN_POSTCODES))


def _in_france(postcode: str) -> Place:
    if METROPOLITAN.fullmatch(postcode):
        return Place.METROPOLE
    if not re.fullmatch(r"\d{5}", postcode):
        raise UnreadablePostcode
    for length in (5, 3):
        if postcode[:length] in OVERSEAS_PREFIXES:
            return OVERSEAS_PREFIXES[postcode[:length]]
    raise UnreadablePostcode


def _in_the_union(country: str, postcode: str) -> Place:
    if postcode.startswith(OUTSIDE_UNION_VAT.get(country, ())):
        raise SpecialTerritory
    return Place.EUROPEAN_UNION
