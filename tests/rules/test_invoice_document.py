"""An invoice document says everything, always in the same words, and cannot be made wrong."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astreinte.billing import document as documents
from astreinte.billing.document import InvoiceDocument, Terms, build, credit
from astreinte.billing.rules.mentions import Note
from astreinte.billing.rules.numbering import BadNumber
from astreinte.billing.rules.parties import MissingSiren, MissingVatNumber, Party, PartyKind, plain
from astreinte.billing.rules.totals import Line, NothingToInvoice, TotalsDoNotAdd
from astreinte.billing.rules.vat import PublicBuyerNotHandled
from astreinte.core.digests import sha256

TODAY = date(2026, 11, 23)
SELLER = Party(
    name="Exemple Hébergement",
    legal_name="Exemple Hébergement SAS",
    kind=PartyKind.BUSINESS,
    street="12 rue de l'Exemple",
    postcode="75002",
    city="Paris",
    country="fr",
    siren="901 002 006",
    vat_number="FR 53 901002006",
    legal_form="SAS au capital de 10 000 EUR",
    register="RCS Paris",
    email="support@hebergement.example",
)
BUYER = Party(
    name="Boulangerie du Port SARL",
    kind=PartyKind.BUSINESS,
    street="3 quai du Port",
    postcode="13002",
    city="Marseille",
    country="FR",
    siren="812345676",
)
FEE = Line(name="Intervention sur ticket urgent n° 2041", unit_price_cents=9500)


def invoice(buyer=BUYER, *, seller=SELLER, lines=(FEE,), number="F2026-000001", terms=None, notes=()):
    return build(
        number=number,
        issued_on=TODAY,
        service_on=date(2026, 11, 22),
        seller=seller,
        buyer=buyer,
        lines=lines,
        ticket="2041",
        terms=terms,
        extra_notes=notes,
    )


def test_inv_1_a_french_business():
    made = invoice()
    assert (made.type_code, made.treatment.category, made.treatment.bar) == ("380", "S", "B2B")
    assert (made.totals.net_cents, made.totals.vat_cents, made.totals.gross_cents) == (9500, 1900, 11400)
    assert made.due_on == date(2026, 12, 23)
    assert {"PMT", "PMD", "AAB", "AAI", "REG", "ABL"} == {note.code for note in made.notes}
    assert (made.seller.siren, made.seller.vat_number, made.seller.country) == ("901002006", "FR53901002006", "FR")


def test_inv_2_a_consumer_with_the_record_of_the_withdrawal():
    lea = replace(BUYER, name="Léa Morel", kind=PartyKind.CONSUMER, siren="")
    made = invoice(lea, notes=[Note(code="AAI", text="Renonciation au droit de rétractation du 22 novembre 2026")])
    assert (made.treatment.bar, made.totals.gross_cents) == ("B2C", 11400)
    assert not any("40" in note.text for note in made.notes)
    assert made.notes[-1].text.startswith("Renonciation")


def test_inv_10_and_11_credits_are_positive_and_name_their_invoice():
    original = invoice()
    whole = credit(original, number="A2026-000001", issued_on=date(2026, 12, 1))
    half = credit(
        original, number="A2026-000002", issued_on=date(2026, 12, 1), lines=[replace(FEE, unit_price_cents=4750)]
    )
    assert (whole.type_code, whole.totals.gross_cents, half.totals.gross_cents) == ("381", 11400, 5700)
    assert whole.refers_to == documents.Reference(number="F2026-000001", issued_on=TODAY)
    assert whole.treatment == original.treatment
    assert (whole.service_on, whole.ticket) == (original.service_on, original.ticket)


def test_inv_12_paid_beforehand():
    made = invoice(terms=Terms(paid_on=date(2026, 11, 20)))
    assert made.already_paid
    assert (made.totals.paid_cents, made.totals.due_cents, made.due_on) == (11400, 0, date(2026, 11, 20))


def test_inv_14_nothing_gives_no_document():
    for lines in ((), (replace(FEE, unit_price_cents=0),)):
        with pytest.raises(NothingToInvoice):
            invoice(lines=lines)


def test_inv_18_a_town_hall_is_refused_in_words():
    with pytest.raises(PublicBuyerNotHandled):
        invoice(replace(BUYER, kind=PartyKind.PUBLIC))


def test_an_incomplete_party_is_refused():
    with pytest.raises(MissingSiren):
        invoice(replace(BUYER, siren=""))
    with pytest.raises(MissingVatNumber):
        invoice(seller=replace(SELLER, vat_number=""))


def test_the_language_is_the_buyers():
    assert invoice().language == "fr"
    assert invoice(replace(BUYER, language="en")).language == "en"
    assert invoice(replace(BUYER, language="de")).language == "en"


def test_a_document_that_contradicts_itself_cannot_be_made():
    made = invoice()
    with pytest.raises(TotalsDoNotAdd):
        replace(made, totals=replace(made.totals, gross_cents=11500))
    with pytest.raises(documents.NoOriginal):
        replace(made, type_code="381")
    with pytest.raises(documents.WrongDates):
        replace(made, due_on=date(2026, 11, 1))
    with pytest.raises(BadNumber):
        invoice(number="F2026 000001")
    with pytest.raises(documents.WrongDates):
        credit(made, number="A2026-000001", issued_on=date(2026, 11, 1))
    with pytest.raises(documents.NoOriginal):
        credit(credit(made, number="A2026-000001", issued_on=TODAY), number="A2026-000002", issued_on=TODAY)


def test_the_canonical_json_has_one_spelling():
    text = invoice().to_json()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert invoice().sha256 == sha256(text)
    assert "Hébergement" in text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"number":"F2026-000001"', '"number": "F2026-000001"'),
        ('"already_paid":false,', ""),
        ('"already_paid":false', '"already_paid":0'),
        ('"already_paid":false', '"already_paid":false,"paid":true'),
        ('"vat_cents":1900', '"vat_cents":1900.0'),
        ('"type_code":"380"', '"type_code":"384"'),
        ('"currency":"EUR"', '"currency":"USD"'),
        ("{", "["),
    ],
)
def test_another_spelling_is_not_canonical(before, after):
    text = invoice().to_json()
    assert before in text
    with pytest.raises(documents.NotCanonical):
        InvoiceDocument.from_json(text.replace(before, after, 1))


def test_a_stored_total_that_was_changed_is_refused():
    with pytest.raises(TotalsDoNotAdd):
        InvoiceDocument.from_json(invoice().to_json().replace('"gross_cents":11400', '"gross_cents":11500'))


@given(
    name=st.text(min_size=1).filter(plain),
    description=st.text(),
    cents=st.integers(1, 10**9),
    quantity=st.integers(1, 999),
    paid=st.booleans(),
)
def test_every_document_comes_back_the_same(*, name, description, cents, quantity, paid):
    lines = [Line(name=name, description=description, unit_price_cents=cents, quantity=quantity)]
    made = invoice(replace(BUYER, name=name), lines=lines, terms=Terms(paid_on=TODAY if paid else None))
    again = InvoiceDocument.from_json(made.to_json())
    assert again == made
    assert again.to_json() == made.to_json()
    credited = credit(made, number="A2026-000001", issued_on=TODAY)
    assert InvoiceDocument.from_json(credited.to_json()) == credited


@given(st.text())
def test_plain_text_is_always_printable_on_one_line(text):
    once = plain(text)
    assert plain(once) == once
    assert not any(character in once for character in "\x00\r\n\u202e\u2066\ufffe")
    once.encode()


def test_what_cannot_be_seen_is_taken_out_and_the_rest_stays():
    assert plain(" Léa\r\n\x00Morel\u202e ") == "Léa Morel"
    assert plain("one\r\ntwo\rthree", lines=True) == "one\ntwo\nthree"
    assert plain("مخبز الميناء") == "مخبز الميناء"
