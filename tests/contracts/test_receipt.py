"""The paper of an acceptance: it says everything, it runs and fetches nothing, and whatever is written in a field is text."""

import re
from dataclasses import replace
from io import BytesIO

import pikepdf
import pypdf
import pytest

from astreinte.tickets import receipt
from astreinte.tickets.receipt import ReceiptDocument

DOCUMENT = ReceiptDocument(
    ref="T1001",
    at="2026-10-25T00:30:00+00:00",
    time_zone="Europe/Paris",
    language="fr",
    provider="Exemple Hébergement",
    provider_identity="Exemple Hébergement SAS · RCS Paris",
    customer="Boulangerie du Port SARL",
    server="web1.boulangerie.example",
    by="Jeanne Blanc",
    channel="web",
    ip="192.0.2.200",
    user_agent="Mozilla/5.0",
    text="L’intervention coûte 114,00 € TTC.\n\n- si elle n’est pas couverte",
    text_sha256="a" * 64,
    box="",
    button="Commander pour 114,00 € TTC",
    amount_excl_cents=9500,
    amount_incl_cents=11400,
    vat_rate="20.00",
    currency="EUR",
    tariff_from="2019-12-13",
    policy_from="2024-12-16",
    sha256="b" * 64,
)
ATTACK = '<script src="http://127.0.0.1:9/x"></script><img src="file:///etc/hostname">{{ 7 }}{% now "Y" %}' + "é" * 300
HOSTILE = replace(
    DOCUMENT, language="en", customer=ATTACK[:200], by=ATTACK[:200], user_agent=ATTACK[:500], server=ATTACK[:253],
    box=ATTACK, text=ATTACK,
)  # fmt: skip


@pytest.fixture(scope="module")
def drawn():
    """The three papers, drawn as the keeper draws them: the second has no instant, and cannot be."""
    return receipt.render_in_subprocess([DOCUMENT, replace(DOCUMENT, at="never"), HOSTILE])


def words(pdf):
    pages = pypdf.PdfReader(BytesIO(pdf)).pages
    return re.sub(r"[\s\u200b]+", " ", " ".join(page.extract_text() for page in pages))


def test_it_says_what_who_when_from_where_and_for_how_much(drawn):
    said = words(drawn[0])
    for expected in (
        "T1001", "25 octobre 2026, 02:30:00 (heure d’été", "2026-10-25 00:30:00 UTC", "95,00 €", "19,00 € (20 %)", "114,00 €",
        "Boulangerie du Port SARL", "Jeanne Blanc", "192.0.2.200", "Mozilla/5.0", "français",
        "- si elle n’est pas couverte", "Commander pour 114,00 € TTC", "a" * 40, "b" * 40, "16 décembre 2024",
    ):  # fmt: skip
        assert expected in said, expected


def test_one_that_cannot_be_drawn_stops_no_other(drawn):
    assert [one is None for one in drawn] == [False, True, False]


def test_what_is_written_in_a_field_is_text(drawn):
    said = words(drawn[2])
    assert "{{ 7 }}" in said
    assert "<script" in said
    with pikepdf.open(BytesIO(drawn[2])) as paper:
        assert "/EmbeddedFiles" not in paper.Root.get("/Names", {})
        kinds = {str(one.get("/S")) for one in paper.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one}
    assert not kinds & {"/JavaScript", "/URI", "/Launch"}


def test_the_same_acceptance_is_the_same_paper():
    assert receipt.html(DOCUMENT) == receipt.html(DOCUMENT)
