"""Whatever a customer writes in a field is text on the paper: nothing is fetched, read, attached or hidden (S16)."""

import re
import subprocess
import threading
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pikepdf
import pytest
from weasyprint import HTML

from astreinte.billing import facturx, page
from astreinte.billing.document import build
from astreinte.billing.rules.mentions import Note
from astreinte.billing.rules.parties import Party, PartyKind
from astreinte.billing.rules.totals import Line

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SELLER = Party(
    name="Exemple Hébergement",
    kind=PartyKind.BUSINESS,
    street="12 rue de l'Exemple",
    postcode="75002",
    city="Paris",
    country="FR",
    siren="901002006",
    vat_number="FR53901002006",
    email="support@hebergement.example",
)
PAGE_FOOT = r"ExempleHébergement·SIREN901002006·N°TVAFR53901002006\w+—Page\d+sur\d+"
# What a row that goes over a page has in its middle, in whatever order it is drawn: its amounts, and the heads of the columns.
SPLIT_ROW = "195,00€20%95,00€|DésignationQtéPrixunitaireHTTVAMontantHT"
SECRET = "canary-4f1c9e"


@pytest.fixture
def web():
    """A web server that must never be asked anything; its address, and what it was asked."""
    asked = []

    class Remember(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()

        def log_message(self, *_args):
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Remember) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def invoice(text):
    """An invoice with this text in every field a customer or an engineer writes."""
    buyer = Party(
        name=text,
        kind=PartyKind.BUSINESS,
        street=text,
        postcode="13002",
        city=text,
        country="FR",
        siren="812345676",
        email=text,
        legal_name=f"{text} SARL",
    )
    return build(
        number="F2026-000001",
        issued_on=date(2026, 11, 23),
        service_on=date(2026, 11, 22),
        seller=SELLER,
        buyer=buyer,
        lines=[Line(name=text, description=text, unit_price_cents=9500)],
        ticket=text,
        extra_notes=[Note(code="AAI", text=text)],
    )


def text_of(pdf):
    shown = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    # A text that goes over a page has the foot of that page in its middle.
    return re.sub(f"{SPLIT_ROW}|{PAGE_FOOT}", "", squeezed(shown))


def squeezed(text):
    """Without what depends on where a line ends: pdftotext also takes a hyphen there for a division of the word."""
    return re.sub(r"[\s\u200b-]", "", text)


def payloads(address, secret):
    return [
        f"<img src='{address}/img'><script>fetch('{address}/js')</script>",
        f"<link rel=attachment href='{secret.as_uri()}'><a rel=attachment href='{secret.as_uri()}'>a</a>",
        f"<link rel=stylesheet href='{address}/css'><style>@import url({address}/import);</style>",
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{secret.as_uri()}"/></svg>',
        f'" style="background:url({address}/attribute)" x="',
        f"{{% include '{secret}' %}}{{{{ settings.SECRET_KEY }}}}",
        f"</title></head><meta http-equiv=refresh content='0;url={address}/meta'>",
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]><r>&x;</r>',
        "]]></ram:Name><ram:GrandTotalAmount>0.00</ram:GrandTotalAmount>",
        f"=HYPERLINK({address}/formula) %2e%2e/../../etc/passwd",
    ]


def test_hostile_text_is_printed_and_nothing_is_fetched(web, tmp_path):
    address, asked = web
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    hostile = payloads(address, secret)
    paper = facturx.render_in_subprocess(invoice(" ".join(hostile)), at=AT)
    shown = text_of(paper.pdf)
    for payload in hostile:
        # In the description and in the note; the other fields are cut long before the last of them.
        assert shown.count(squeezed(payload)) >= 2
    assert asked == []
    assert SECRET not in shown
    assert SECRET.encode() not in paper.xml
    with pikepdf.open(BytesIO(paper.pdf)) as pdf:
        assert list(pdf.attachments) == ["factur-x.xml"]
        kinds = [str(one.get("/S", "")) for one in pdf.objects if isinstance(one, pikepdf.Dictionary)]
        assert not {"/URI", "/JavaScript", "/Launch", "/GoToR"} & set(kinds)
        assert not any("/Annots" in one for one in pdf.pages)


@pytest.mark.parametrize("rank", [1, 3])
def test_every_field_is_text(rank, web, tmp_path):
    address, asked = web
    secret = tmp_path / "s"
    secret.write_text(SECRET)
    payload = payloads(address, secret)[rank]
    paper = facturx.render_in_subprocess(invoice(payload), at=AT)
    shown = text_of(paper.pdf)
    # Both names, street, city, line, description, note and ticket.
    assert shown.count(squeezed(payload)) == 8
    assert asked == []
    with pikepdf.open(BytesIO(paper.pdf)) as pdf:
        assert list(pdf.attachments) == ["factur-x.xml"]


def test_the_amounts_of_a_hostile_invoice_are_the_right_ones():
    paper = facturx.render_in_subprocess(invoice("</ram:Name><ram:GrandTotalAmount>0.00"), at=AT)
    assert re.findall(rb"<ram:GrandTotalAmount>([^<]+)<", paper.xml) == [b"114.00"]
    assert "Netàpayer114,00€" in text_of(paper.pdf)


def test_controls_and_direction_marks_are_gone_and_the_letters_stay():
    made = invoice("Mal\x00ice\r\nBcc: x@example \u202e59\u202c € \ud800\ufffe\x1b[31m مخبز")
    assert made.buyer.name == "Malice Bcc: x@example 59 € [31m مخبز"
    paper = facturx.render_in_subprocess(made, at=AT)
    shown = text_of(paper.pdf)
    assert "MaliceBcc:x@example59€[31m" in shown
    assert all(letter in shown for letter in "مخبز")


def test_ten_thousand_characters_stay_on_the_paper_and_whole_in_the_xml():
    paper = facturx.render_in_subprocess(invoice("W" * 10_000), at=AT)
    shown = text_of(paper.pdf)
    # Whole in the description and in the note; names, address, line and ticket are cut (" SARL", "13002 ", "Ticket ").
    assert 20_000 + 6 * 290 < shown.count("W") <= 20_000 + 6 * 300
    assert shown.count("…") == 6
    assert paper.xml.count(b"W" * 10_000) == 8
    assert "Netàpayer114,00€" in shown
    with pikepdf.open(BytesIO(paper.pdf)) as pdf:
        assert len(pdf.pages) > 10


def test_the_fetcher_serves_the_package_and_refuses_the_rest(web, tmp_path):
    address, asked = web
    fetcher, refused = page.packaged_only()
    assert b"@page" in fetcher.fetch("asset:invoice.css").read()
    wanted = [f"{address}/x", "file:///etc/hostname", "data:text/plain,x", "ftp://127.0.0.1/x", "asset:../facturx.py"]
    for url in wanted:
        with pytest.raises(ValueError, match=re.escape(url)):
            fetcher.fetch(url)
    assert refused == wanted
    assert asked == []


def test_a_page_that_asks_for_something_is_noticed(web):
    """The proof that the wall is there: unescaped markup does reach the fetcher, and is refused and remembered."""
    address, asked = web
    fetcher, refused = page.packaged_only()
    HTML(string=f"<img src='{address}/img'>", base_url="asset:", url_fetcher=fetcher).render()
    assert refused == [f"{address}/img"]
    assert asked == []
