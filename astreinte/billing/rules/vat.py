"""Which VAT an invoice bears: the decision table of a company in metropolitan France.

Sources: CGI art. 259-1, 293 B, 294; directive 2006/112/CE art. 196; BOI-TVA-CHAMP-20-50-20; EN 16931 VATEX list.
What the table leaves to an accountant is refused in words, never guessed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from astreinte.billing.rules.mentions import Mention, in_force
from astreinte.billing.rules.parties import Party, PartyKind, vat_number_country
from astreinte.billing.rules.places import Place, is_saint_martin, place_of
from astreinte.core.refusals import Refusal


class VatRefusal(Refusal):
    """The VAT of this invoice cannot be decided here."""


class SellerNotHandled(VatRefusal):
    """The seller is not in metropolitan France: its VAT rules are not known here, ask the accountant."""


class PublicBuyerNotHandled(VatRefusal):
    """Invoices to public bodies go through Chorus Pro, which is not connected: issue this one there."""


class ConsumerAbroadNotHandled(VatRefusal):
    """VAT for a consumer outside the European Union depends on the service: ask the accountant."""


class FranchiseAbroadNotHandled(VatRefusal):
    """The seller is under the franchise and the buyer is abroad: ask the accountant which mention applies."""


class NoRateInForce(VatRefusal):
    """No VAT rate is known for this date."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A VAT rate in percent with the days it applies, the last one included."""

    code: str
    valid_from: date
    valid_to: date | None
    percent: str


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """How VAT applies to one invoice.

    `category` is the EN 16931 code, `rate` a percentage with two decimals ("0.00" when there is no VAT), `vatex` the
    exemption code or empty, `profile` the Factur-X profile, `bar` the French routing note, `warning` a sentence for
    the person who reviews, or empty.
    """

    category: str
    rate: str
    bar: str
    vatex: str = ""
    mentions: tuple[Mention, ...] = ()
    warning: str = ""
    profile: str = "en16931"


RATES = (
    Rate(code="normal", valid_from=date(2014, 1, 1), valid_to=None, percent="20.00"),
    Rate(code="overseas", valid_from=date(2000, 4, 1), valid_to=None, percent="8.50"),
)

NO_VALID_NUMBER = (
    "This European business has no valid VAT number of its country: French VAT is charged. Ask for the number."
)
OVERSEAS_CONSUMER = "Published opinions differ about consumers overseas: the seller's general rate is charged."
SAINT_MARTIN = "Published opinions differ about Saint-Martin: it is treated as a third territory."
UNION_CONSUMER = "If hosting makes this an electronic service, the buyer's country taxes it above 10,000 EUR a year."


def treatment(*, seller: Party, buyer: Party, at: date) -> Treatment:
    """The VAT of a service by `seller` for `buyer` performed on the day `at`. Refuses what the table does not hold."""
    if place_of(country=seller.country, postcode=seller.postcode) is not Place.METROPOLE:
        raise SellerNotHandled
    if buyer.kind is PartyKind.PUBLIC:
        raise PublicBuyerNotHandled
    place = place_of(country=buyer.country, postcode=buyer.postcode)
    if seller.franchise:
        return _franchise(buyer, place, at)
    return _TABLE[place](buyer, at)


def rate_in_force(code: str, *, at: date) -> str:
    """The percentage of that rate on that day. Refuses a day for which none is known."""
    for rate in RATES:
        if rate.code == code and rate.valid_from <= at and (rate.valid_to is None or at <= rate.valid_to):
            return rate.percent
    raise NoRateInForce


def _bar(buyer: Party) -> str:
    if buyer.kind is PartyKind.CONSUMER:
        return "B2C"
    # BR-FR-11: "B2B" obliges to give a SIREN, which a business of Monaco or abroad has not.
    return "B2B" if buyer.country == "FR" and buyer.siren else "B2BINT"


def _taxed(buyer: Party, at: date, *, code: str = "normal", warning: str = "") -> Treatment:
    return Treatment(category="S", rate=rate_in_force(code, at=at), bar=_bar(buyer), warning=warning)


def _domestic(buyer: Party, at: date) -> Treatment:
    return _taxed(buyer, at)


def _overseas(buyer: Party, at: date) -> Treatment:
    if buyer.kind is PartyKind.CONSUMER:
        return _taxed(buyer, at, warning=OVERSEAS_CONSUMER)
    return _taxed(buyer, at, code="overseas")


def _overseas_without_vat(buyer: Party, at: date) -> Treatment:
    if buyer.kind is PartyKind.CONSUMER:
        return _taxed(buyer, at, warning=OVERSEAS_CONSUMER)
    mentions = (in_force("overseas-without-vat", at=at),)
    return Treatment(category="E", rate="0.00", bar=_bar(buyer), mentions=mentions)


def _european(buyer: Party, at: date) -> Treatment:
    if buyer.kind is PartyKind.CONSUMER:
        return _taxed(buyer, at, warning=UNION_CONSUMER)
    if vat_number_country(buyer.vat_number) != buyer.country:
        return _taxed(buyer, at, warning=NO_VALID_NUMBER)
    mentions = (in_force("reverse-charge", at=at),)
    return Treatment(category="AE", rate="0.00", bar=_bar(buyer), vatex="VATEX-EU-AE", mentions=mentions)


def _outside(buyer: Party, at: date) -> Treatment:
    if buyer.kind is PartyKind.CONSUMER:
        raise ConsumerAbroadNotHandled
    # EN 16931 forbids the seller's VAT number with O (BR-O-02) and French law requires it: hence "extended".
    return Treatment(
        category="O",
        rate="0.00",
        bar="B2BINT",
        vatex="VATEX-EU-O",
        mentions=(in_force("outside-france", at=at),),
        warning=SAINT_MARTIN if is_saint_martin(country=buyer.country, postcode=buyer.postcode) else "",
        profile="extended",
    )


def _franchise(buyer: Party, place: Place, at: date) -> Treatment:
    if place in (Place.EUROPEAN_UNION, Place.ELSEWHERE, Place.THIRD_TERRITORY):
        raise FranchiseAbroadNotHandled
    mentions = (in_force("franchise", at=at),)
    return Treatment(category="E", rate="0.00", bar=_bar(buyer), vatex="VATEX-FR-FRANCHISE", mentions=mentions)


_TABLE: dict[Place, Callable[[Party, date], Treatment]] = {
    Place.METROPOLE: _domestic,
    Place.MONACO: _domestic,
    Place.OVERSEAS: _overseas,
    Place.OVERSEAS_WITHOUT_VAT: _overseas_without_vat,
    Place.EUROPEAN_UNION: _european,
    Place.THIRD_TERRITORY: _outside,
    Place.ELSEWHERE: _outside,
}
