"""The VAT decision table, row by row: what it decides, and what it refuses in words rather than guess."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from astreinte.billing.rules import parties, vat
from astreinte.billing.rules.mentions import MENTIONS, NoTextInForce, in_force, payment_notes
from astreinte.billing.rules.parties import Party, PartyKind
from astreinte.billing.rules.places import Place, SpecialTerritory, UnreadablePostcode, place_of

TODAY = date(2026, 11, 23)
SELLER = Party(
    name="Exemple Hébergement",
    kind=PartyKind.BUSINESS,
    street="12 rue de l'Exemple",
    postcode="75002",
    city="Paris",
    country="FR",
    siren="901002006",
    vat_number="FR53901002006",
)


def buyer(postcode="13002", country="FR", *, kind=PartyKind.BUSINESS, vat_number="", siren="812345676"):
    return Party(
        name="Client",
        kind=kind,
        street="3 quai du Port",
        postcode=postcode,
        city="Ville",
        country=country,
        siren=siren if country == "FR" and kind is PartyKind.BUSINESS else "",
        vat_number=vat_number,
    )


def consumer(postcode="13002", country="FR"):
    return buyer(postcode, country, kind=PartyKind.CONSUMER)


def decide(who, *, seller=SELLER, at=TODAY):
    return vat.treatment(seller=seller, buyer=who, at=at)


@pytest.mark.parametrize(
    ("who", "category", "rate", "vatex", "bar"),
    [
        (buyer(), "S", "20.00", "", "B2B"),
        (buyer("20000"), "S", "20.00", "", "B2B"),
        (consumer(), "S", "20.00", "", "B2C"),
        (buyer("98000", "MC"), "S", "20.00", "", "B2BINT"),
        (consumer("98000", "MC"), "S", "20.00", "", "B2C"),
        (buyer("97100"), "S", "8.50", "", "B2B"),
        (buyer("97200"), "S", "8.50", "", "B2B"),
        (buyer("97400"), "S", "8.50", "", "B2B"),
        (buyer("97400", "RE"), "S", "8.50", "", "B2BINT"),
        (consumer("97200"), "S", "20.00", "", "B2C"),
        (buyer("97300"), "E", "0.00", "", "B2B"),
        (buyer("97600"), "E", "0.00", "", "B2B"),
        (consumer("97300"), "S", "20.00", "", "B2C"),
        (buyer("97500"), "O", "0.00", "VATEX-EU-O", "B2BINT"),
        (buyer("97700"), "O", "0.00", "VATEX-EU-O", "B2BINT"),
        (buyer("97133"), "O", "0.00", "VATEX-EU-O", "B2BINT"),
        (buyer("97150"), "O", "0.00", "VATEX-EU-O", "B2BINT"),
        (buyer("97150", "GP"), "O", "0.00", "VATEX-EU-O", "B2BINT"),
        (buyer("98600"), "O", "0.00", "VATEX-EU-O", "B2BINT"),
        (buyer("98700"), "O", "0.00", "VATEX-EU-O", "B2BINT"),
        (buyer("98800", "NC"), "O", "0.00", "VATEX-EU-O", "B2BINT"),
        (buyer("10115", "DE", vat_number="DE123456788"), "AE", "0.00", "VATEX-EU-AE", "B2BINT"),
        (buyer("10431", "GR", vat_number="EL 094259216"), "AE", "0.00", "VATEX-EU-AE", "B2BINT"),
        (buyer("10115", "DE"), "S", "20.00", "", "B2BINT"),
        (consumer("10115", "DE"), "S", "20.00", "", "B2C"),
        (buyer("8001", "CH"), "O", "0.00", "VATEX-EU-O", "B2BINT"),
        (buyer("SW1A 1AA", "GB"), "O", "0.00", "VATEX-EU-O", "B2BINT"),
    ],
)
def test_the_table_decides(*, who, category, rate, vatex, bar):
    found = decide(who)
    assert (found.category, found.rate, found.vatex, found.bar) == (category, rate, vatex, bar)
    assert found.profile == ("extended" if category == "O" else "en16931")


@pytest.mark.parametrize(
    ("who", "french", "english"),
    [
        (buyer("10115", "DE", vat_number="DE123456788"), "Autoliquidation", "Reverse charge"),
        (buyer("97600"), "TVA non applicable – art. 294, 1 du CGI", "VAT not applicable"),
        (buyer("8001", "CH"), "TVA non applicable – art. 259-1 du CGI", "art. 259-1 du CGI"),
    ],
)
def test_no_vat_is_explained_in_both_languages(who, french, english):
    (mention,) = decide(who).mentions
    assert french in mention.text("fr")
    assert english in mention.text("en")
    assert "262" not in mention.fr


@pytest.mark.parametrize(
    "number", ["", "DE123456789", "FR53901002006", "ATU33864707", "EU372022452", "123456788", "DE", "XI123456789"]
)
def test_a_european_business_without_a_valid_number_of_its_country_pays_vat_and_is_reviewed(number):
    found = decide(buyer("10115", "DE", vat_number=number))
    assert (found.category, found.rate, found.mentions) == ("S", "20.00", ())
    assert found.warning == vat.NO_VALID_NUMBER


def test_what_is_not_settled_carries_a_warning():
    assert decide(consumer("97200")).warning == vat.OVERSEAS_CONSUMER
    assert decide(buyer("97150")).warning == vat.SAINT_MARTIN
    assert decide(buyer("97800")).warning == vat.SAINT_MARTIN
    assert decide(consumer("10115", "DE")).warning == vat.UNION_CONSUMER
    assert decide(buyer()).warning == ""


def test_a_seller_under_the_franchise_charges_no_vat_at_home():
    small = replace(SELLER, franchise=True, vat_number="")
    for who in (buyer(), consumer(), buyer("97200"), buyer("98000", "MC")):
        found = decide(who, seller=small)
        assert (found.category, found.rate, found.vatex) == ("E", "0.00", "VATEX-FR-FRANCHISE")
        assert found.mentions[0].fr == "TVA non applicable, art. 293 B du CGI"


@pytest.mark.parametrize(
    ("who", "seller", "refusal"),
    [
        (buyer(kind=PartyKind.PUBLIC), SELLER, vat.PublicBuyerNotHandled),
        (consumer("8001", "CH"), SELLER, vat.ConsumerAbroadNotHandled),
        (consumer("98800"), SELLER, vat.ConsumerAbroadNotHandled),
        (buyer(), replace(SELLER, postcode="97200"), vat.SellerNotHandled),
        (buyer(), replace(SELLER, country="BE", postcode="1000"), vat.SellerNotHandled),
        (buyer("10115", "DE"), replace(SELLER, franchise=True), vat.FranchiseAbroadNotHandled),
        (buyer("35001", "ES", vat_number="ES54362315K"), SELLER, SpecialTerritory),
        (buyer("78266", "DE", vat_number="DE123456788"), SELLER, SpecialTerritory),
        (buyer("99000"), SELLER, UnreadablePostcode),
        (buyer("00100"), SELLER, UnreadablePostcode),
        (buyer(""), SELLER, UnreadablePostcode),
        (buyer("7500"), SELLER, UnreadablePostcode),
    ],
)
def test_what_the_table_does_not_hold_is_refused_in_words(who, seller, refusal):
    with pytest.raises(refusal) as refused:
        decide(who, seller=seller)
    assert len(refused.value.sentence) > 30


def test_a_text_is_printed_only_while_it_is_in_force():
    german = buyer("10115", "DE", vat_number="DE123456788")
    assert decide(german, at=date(2027, 12, 31)).category == "AE"
    with pytest.raises(NoTextInForce):
        decide(german, at=date(2028, 1, 1))
    assert decide(buyer(), at=date(2028, 1, 1)).rate == "20.00"


def test_a_rate_is_applied_only_while_it_is_in_force():
    assert decide(buyer(), at=date(2019, 12, 13)).rate == "20.00"
    with pytest.raises(vat.NoRateInForce):
        decide(buyer(), at=date(2013, 12, 31))


def test_the_texts_of_one_code_never_overlap():
    for code in {mention.code for mention in MENTIONS}:
        spans = sorted((one.valid_from, one.valid_to or date.max) for one in MENTIONS if one.code == code)
        assert all(before[1] < after[0] for before, after in pairwise(spans))
        assert in_force(code, at=spans[-1][0]).code == code


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_professional_owes_the_indemnity_and_a_consumer_does_not(language):
    business = payment_notes(buyer=PartyKind.BUSINESS, language=language, at=TODAY)
    private = payment_notes(buyer=PartyKind.CONSUMER, language=language, at=TODAY, percent="12.15")
    assert [note.code for note in business] == [note.code for note in private] == ["PMT", "PMD", "AAB", "AAI"]
    assert "40" in business[0].text
    assert "40" not in "".join(note.text for note in private)
    assert "%" not in private[1].text


def test_the_late_rate_is_the_published_one_or_the_agreed_one():
    second_half_of_2024 = payment_notes(buyer=PartyKind.BUSINESS, language="fr", at=date(2024, 11, 29))
    agreed = payment_notes(buyer=PartyKind.BUSINESS, language="en", at=TODAY, percent="12.15")
    unpublished = payment_notes(buyer=PartyKind.BUSINESS, language="fr", at=TODAY)
    assert "soit 14,25 % par an" in second_half_of_2024[1].text
    assert "i.e. 12.15 % a year" in agreed[1].text
    assert "majoré de 10 points" in unpublished[1].text


def test_the_longest_postcode_prefix_wins():
    assert place_of(country="FR", postcode="97110") is Place.OVERSEAS
    assert place_of(country="FR", postcode="97 133") is Place.THIRD_TERRITORY


@pytest.mark.parametrize(
    ("party", "refusal"),
    [
        (replace(buyer(), siren="812345677"), parties.BadSiren),
        (replace(buyer(), siren=""), parties.MissingSiren),
        (replace(buyer(), siret="90100200600014"), parties.BadSiret),
        (replace(buyer(), vat_number="FR00812345676"), parties.BadVatNumber),
        (replace(buyer(), iban="FR1420041010050500013M02607"), parties.BadIban),
        (replace(buyer(), name="\u202e \x00"), parties.MissingName),
        (replace(buyer(), city=""), parties.MissingAddress),
        (replace(buyer(), country="ZZ"), parties.UnknownCountry),
    ],
)
def test_what_is_wrong_with_a_party_is_said(party, refusal):
    (found,) = parties.problems(party)
    assert type(found) is refusal
    assert len(found.sentence) > 15


def test_a_seller_must_be_complete():
    assert parties.problems(SELLER, selling=True) == []
    (found,) = parties.problems(replace(SELLER, vat_number=""), selling=True)
    assert isinstance(found, parties.MissingVatNumber)
    assert parties.problems(replace(SELLER, vat_number="", franchise=True), selling=True) == []


def test_a_wrong_number_a_buyer_need_not_give_does_not_stop_the_invoice():
    assert parties.blocking(replace(buyer("10115", "DE"), vat_number="DE1")) == []
    assert [type(one) for one in parties.blocking(replace(buyer(), siren=""))] == [parties.MissingSiren]
