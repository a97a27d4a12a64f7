"""Who sells and who buys, and what is missing or wrong in how they are described."""

import re
import unicodedata
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from babel import Locale
from stdnum import iban as iban_number
from stdnum.eu import vat as vat_numbers
from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

from astreinte.core.refusals import Refusal


class PartyRefusal(Refusal):
    """The party cannot stand on an invoice."""


class MissingName(PartyRefusal):
    """A name is missing: both parties must be named on an invoice."""


class MissingAddress(PartyRefusal):
    """The address is not complete: street, city and country must be on an invoice."""


class UnknownCountry(PartyRefusal):
    """The country is not a two-letter ISO 3166 code."""


class MissingSiren(PartyRefusal):
    """The SIREN is missing: it must be on an invoice between French businesses."""


class BadSiren(PartyRefusal):
    """The SIREN is not valid: nine digits, the last of which checks the others."""


class BadSiret(PartyRefusal):
    """The SIRET is not valid: fourteen digits that begin with the SIREN."""


class MissingVatNumber(PartyRefusal):
    """The seller's VAT number is missing: only a seller under the franchise has none."""


class BadVatNumber(PartyRefusal):
    """The VAT number is not valid: its check digits or its country are wrong."""


class BadIban(PartyRefusal):
    """The IBAN is not valid."""


class PartyKind(StrEnum):
    """What VAT and consumer law ask about a party."""

    BUSINESS = "business"
    CONSUMER = "consumer"
    PUBLIC = "public"


@dataclass(frozen=True, kw_only=True)
class Party:
    """One side of an invoice, copied as it was when it was issued. `country` is ISO 3166 alpha-2."""

    name: str
    kind: PartyKind
    street: str
    postcode: str
    city: str
    country: str
    legal_name: str = ""
    siren: str = ""
    siret: str = ""
    vat_number: str = ""
    legal_form: str = ""
    register: str = ""
    iban: str = ""
    email: str = ""
    language: str = "fr"
    franchise: bool = False

    @property
    def registered_name(self) -> str:
        return self.legal_name or self.name


# Written with spaces and dots by people, without by programs.
_NUMBERS = ("siren", "siret", "vat_number", "iban")
_COUNTRIES = frozenset(code for code in map(str, Locale("en").territories) if re.fullmatch("[A-Z]{2}", code))
_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
# Explicit direction marks can make "95" read "59" (Unicode TR36): letters of right-to-left scripts need none of them.
_DIRECTION_MARKS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str, *, lines: bool = False) -> str:
    """The text without what XML refuses or a reader cannot see; on one line unless `lines`."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(character for character in normal if _is_printable(character))
    rows = [" ".join(row.split()) for row in kept.split("\n")]
    return "\n".join(rows).strip() if lines else " ".join(row for row in rows if row)


def cleaned(party: Party) -> Party:
    """The same party with every field plain and its numbers compact."""
    texts = {field.name: plain(getattr(party, field.name)) for field in fields(party) if field.type is str}
    numbers = {name: re.sub(r"[\s.\-]", "", texts[name]).upper() for name in _NUMBERS}
    changes: dict[str, Any] = {**texts, **numbers, "country": texts["country"].upper()}
    return replace(party, **changes)


def vat_number_country(number: str) -> str:
    """The ISO country of a VAT number whose check digits are right, or an empty string."""
    compact = re.sub(r"[\s.\-]", "", number).upper()
    # "EU" and "IM" are one-stop-shop registrations, "XI" covers goods only: none of them makes a buyer liable.
    if compact[:2] in ("EU", "IM", "XI") or not vat_numbers.is_valid(compact):
        return ""
    return "GR" if compact[:2] == "EL" else compact[:2]


def problems(party: Party, *, selling: bool = False) -> list[PartyRefusal]:
    """All that is wrong with this party, in sentences; the seller must be complete."""
    found = [*_who(party), *_numbers(party)]
    return found + _of_a_seller(party) if selling else found


def blocking(party: Party, *, selling: bool = False) -> list[PartyRefusal]:
    """What forbids an invoice. A buyer's optional numbers are left out of the paper when they are wrong."""
    found = problems(party, selling=selling)
    return found if selling else [one for one in found if not isinstance(one, (BadVatNumber, BadSiret, BadIban))]


def _who(party: Party) -> list[PartyRefusal]:
    found: list[PartyRefusal] = []
    if not plain(party.registered_name):
        found.append(MissingName())
    if not all(map(plain, (party.street, party.city, party.country))):
        found.append(MissingAddress())
    elif party.country not in _COUNTRIES - _NOT_COUNTRIES:
        found.append(UnknownCountry())
    return found


def _numbers(party: Party) -> list[PartyRefusal]:
    found: list[PartyRefusal] = []
    if party.siren and not siren_number.is_valid(party.siren):
        found.append(BadSiren())
    if not party.siren and party.country == "FR" and party.kind is PartyKind.BUSINESS and _needs_siren(party):
        found.append(MissingSiren())
    if party.siret and not (siret_number.is_valid(party.siret) and party.siret.startswith(party.siren)):
        found.append(BadSiret())
    if party.vat_number and not vat_number_country(party.vat_number):
        found.append(BadVatNumber())
    if party.iban and not iban_number.is_valid(party.iban):
        found.append(BadIban())
    return found


def _needs_siren(party: Party) -> bool:
    # New Caledonia, Polynesia, Wallis and the TAAF have registers of their own; Monaco too.
    return not party.postcode.startswith(("980", "984", "986", "987", "988"))


def _of_a_seller(party: Party) -> list[PartyRefusal]:
    found: list[PartyRefusal] = [] if party.siren else [MissingSiren()]
    if not party.vat_number and not party.franchise:
        found.append(MissingVatNumber())
    return found


def _is_printable(character: str) -> bool:
    if character in "\n\t":
        return True
    # Cc: controls (NUL); Cs: lone surrogates; Cn also covers the non-characters XML 1.0 refuses (U+FFFE, U+FFFF).
    return character not in _DIRECTION_MARKS and unicodedata.category(character) not in ("Cc", "Cs", "Cn")
