"""The receipt of an acceptance on paper: a packaged template in which every value is escaped, turned into PDF without any network."""

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.template import Context, Engine

from astreinte.billing import page, wording
from astreinte.core import instants

FOLDER = Path(__file__).parent / "templates"
TEMPLATE = "tickets/receipt.html"
# The first page of a cold process takes 2 s on a small machine, each one after it a tenth of that.
TIMEOUT_S = 60.0

# The words of the paper itself: no later change of a translation file may reach what is drawn again.
WORDS = {
    "fr": {
        "title": "Accusé de réception",
        "intro": "Voici ce qui a été accepté en ouvrant ce ticket urgent, mot pour mot.",
        "ticket": "Ticket",
        "when": "Accepté le",
        "excl": "Prix HT",
        "incl": "Prix TTC",
        "vat": "dont TVA",
        "provider": "Prestataire",
        "customer": "Client",
        "by": "Par",
        "server": "Serveur",
        "from": "Depuis",
        "browser": "Navigateur",
        "language": "Langue",
        "languages": {"fr": "français", "en": "anglais"},
        "web": "l’espace client",
        "api": "l’API",
        "text": "Le texte accepté",
        "box": "La case cochée",
        "button": "Le bouton",
        "versions": "Tarif du {tariff}, règles du guichet du {policy}.",
        "proof": "Empreintes",
        "of_text": "SHA-256 du texte",
        "of_all": "SHA-256 de toute l’acceptation",
        "colon": "\u00a0: ",
        "page": "Page",
        "of": "sur",
    },
    "en": {
        "title": "Receipt",
        "intro": "This is what was accepted by opening this urgent ticket, word for word.",
        "ticket": "Ticket",
        "when": "Accepted on",
        "excl": "Price excl. VAT",
        "incl": "Price incl. VAT",
        "vat": "of which VAT",
        "provider": "Provider",
        "customer": "Customer",
        "by": "By",
        "server": "Server",
        "from": "From",
        "browser": "Browser",
        "language": "Language",
        "languages": {"fr": "French", "en": "English"},
        "web": "the customer area",
        "api": "the API",
        "text": "The text that was accepted",
        "box": "The box that was ticked",
        "button": "The button",
        "versions": "Tariff of {tariff}, rules of the desk of {policy}.",
        "proof": "Digests",
        "of_text": "SHA-256 of the text",
        "of_all": "SHA-256 of the whole acceptance",
        "colon": ": ",
        "page": "Page",
        "of": "of",
    },
}


@dataclass(frozen=True, kw_only=True)
class ReceiptDocument:
    """An acceptance as its receipt tells it. `at` is RFC 3339; amounts are cents."""

    ref: str
    at: str
    time_zone: str
    language: str
    provider: str
    provider_identity: str
    customer: str
    server: str
    by: str
    channel: str
    ip: str
    user_agent: str
    text: str
    text_sha256: str
    box: str
    button: str
    amount_excl_cents: int
    amount_incl_cents: int
    vat_rate: str
    currency: str
    tariff_from: str
    policy_from: str
    sha256: str


def pdf(document: ReceiptDocument) -> bytes:
    """The page as PDF/A. Refuses to return one that asked for anything not packaged."""
    from weasyprint import HTML

    fetcher, refused = page.packaged_only()
    made = HTML(string=html(document), base_url="asset:", url_fetcher=fetcher).write_pdf(pdf_variant="pdf/a-3b")
    if refused:
        raise page.FetchRefusedError(refused)
    return bytes(made)


def html(document: ReceiptDocument) -> str:
    """The page as HTML. Django's engine escapes; no settings are needed, every value is already text."""
    engine = Engine(dirs=[str(FOLDER)], autoescape=True, string_if_invalid="")
    context = Context(page.breakable(_values(document)), autoescape=True, use_l10n=False, use_tz=False)
    return str(engine.get_template(TEMPLATE).render(context))


def _values(document: ReceiptDocument) -> dict[str, Any]:
    language = "en" if document.language == "en" else "fr"
    words: dict[str, Any] = WORDS[language]
    where = " · ".join(one for one in (words.get(document.channel, document.channel), document.ip) if one)
    people = [(words["customer"], document.customer), (words["by"], document.by), (words["server"], document.server)]
    seen = [(words["from"], where), (words["browser"], document.user_agent)]
    said = [(words["language"], words["languages"].get(document.language, document.language))]
    return {
        "language": language,
        "words": words,
        "title": f"{words['title']} {document.ref}",
        "ref": document.ref,
        "brand": document.provider,
        "identity": document.provider_identity,
        "made_at": document.at,
        "when": _when(document, language=language),
        "prices": _prices(document, words, language=language),
        "facts": [pair for pair in (*people, *seen, *said) if pair[1]],
        "text": document.text,
        "box": document.box,
        "button": document.button,
        "versions": words["versions"].format(
            tariff=_day(document.tariff_from, language=language), policy=_day(document.policy_from, language=language)
        ),
        "digests": [(words["of_text"], document.text_sha256), (words["of_all"], document.sha256)],
    }


def _day(text: str, *, language: str) -> str:
    return wording.day(date.fromisoformat(text), language=language)


def _when(document: ReceiptDocument, *, language: str) -> list[str]:
    """On the provider's own clock, and in UTC for whoever compares."""
    at = datetime.fromisoformat(document.at)
    local = instants.in_words(at, zone=ZoneInfo(document.time_zone), language=language, seconds=True, in_zone=True)
    return [local, f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"]


def _prices(document: ReceiptDocument, words: dict[str, Any], *, language: str) -> list[tuple[str, str]]:
    def money(cents: int) -> str:
        return wording.money(cents, currency=document.currency, language=language)

    vat_cents = document.amount_incl_cents - document.amount_excl_cents
    vat = f"{money(vat_cents)} ({wording.percent(document.vat_rate, language=language)})"
    return [
        (words["excl"], money(document.amount_excl_cents)),
        (words["vat"], vat),
        (words["incl"], money(document.amount_incl_cents)),
    ]


def render_in_subprocess(documents: Sequence[ReceiptDocument], *, timeout_s: float = TIMEOUT_S) -> list[bytes | None]:
    """The PDF of each, made by one process that ends and stands aside for everything else; None for one that could not be drawn."""
    argv = [sys.executable, "-m", "astreinte.tickets.render_receipt"]
    asked = json.dumps([asdict(document) for document in documents]).encode()
    done = subprocess.run(argv, input=asked, capture_output=True, timeout=timeout_s, check=True)
    return [b64decode(one) if one else None for one in json.loads(done.stdout)]
