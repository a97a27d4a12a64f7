"""The page of an invoice: a packaged template in which every value is escaped, turned into PDF without any network."""

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.template import Context, Engine

from astreinte.billing import wording
from astreinte.billing.document import InvoiceDocument
from astreinte.billing.rules.parties import Party
from astreinte.billing.rules.totals import Line

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

FOLDER = Path(__file__).parent / "templates"
TEMPLATE = "billing/invoice.html"
LONG_WORD = re.compile(r"\S{40}(?=\S)")
ASSETS = {"asset:invoice.css": (FOLDER / "billing" / "invoice.css", "text/css")}


# What is printed of one field; the XML holds it whole. Names beyond that are an attack on the layout, which takes time
# that grows with the square of what stands in one table cell: 10,000 characters take 5 s.
SHORT, LONG = 300, 12_000


class FetchRefusedError(RuntimeError):
    """The page asked for something that is not packaged: a defect, because no value can hold an address."""


def html(document: InvoiceDocument, *, at: datetime) -> str:
    """The page as HTML. Django's engine escapes; no settings are needed, every value is already text."""
    engine = Engine(dirs=[str(FOLDER)], autoescape=True, string_if_invalid="")
    context = Context(breakable(values(document, at=at)), autoescape=True, use_l10n=False, use_tz=False)
    return str(engine.get_template(TEMPLATE).render(context))


def pdf(document: InvoiceDocument, *, at: datetime) -> bytes:
    """The page as PDF/A-3, without the XML yet. Refuses to return a page that asked for anything not packaged."""
    from weasyprint import HTML

    fetcher, refused = packaged_only()
    made = HTML(string=html(document, at=at), base_url="asset:", url_fetcher=fetcher).write_pdf(pdf_variant="pdf/a-3b")
    if refused:
        raise FetchRefusedError(refused)
    return bytes(made)


def values(document: InvoiceDocument, *, at: datetime) -> dict[str, Any]:
    """What the template shows, as text in the document's language."""
    language, words = document.language, wording.WORDS[document.language]
    title = words["credit_note" if document.is_credit_note else "invoice"]
    return {
        "language": language,
        "words": words,
        "kind": title,
        "title": f"{title} {document.number}",
        "brand": document.seller.name,
        "number": document.number,
        "made_at": at.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        "dates": _dates(document),
        "seller": {**_party(document.seller, language=language), "legal": _legal(document.seller)},
        "buyer": _party(document.buyer, language=language),
        "lines": [_line(line, document=document) for line in document.lines],
        "sums": _sums(document),
        "final": _final(document),
        "vat_mentions": [mention.text(language) for mention in document.treatment.mentions],
        "notes": [_cut(note.text, LONG) for note in document.notes if note.code not in ("REG", "ABL")],
        "payment": _payment(document),
        "iban": wording.iban(document.seller.iban) if _wants_transfer(document) else "",
        "identity": _identity(document.seller, words),
    }


def breakable(value: Any) -> Any:
    """The same values with places to break very long words, which WeasyPrint takes quadratic time to find itself."""
    if isinstance(value, str):
        return LONG_WORD.sub("\\g<0>\u200b", value)
    if isinstance(value, dict):
        return {key: breakable(one) for key, one in value.items()}
    return [breakable(one) for one in value]


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _dates(document: InvoiceDocument) -> list[tuple[str, str]]:
    words, language = wording.WORDS[document.language], document.language
    rows = [(words["issued"], wording.day(document.issued_on, language=language))]
    if document.refers_to is not None:
        original = document.refers_to
        corrected = f"{original.number} {words['of_date']} {wording.day(original.issued_on, language=language)}"
        rows.append((words["corrects"], corrected))
    else:
        label = words["paid" if document.already_paid else "due"]
        rows.append((label, wording.day(document.due_on, language=language)))
    rows.append((words["performed"], wording.day(document.service_on, language=language)))
    return [*rows, (words["ticket"], _cut(document.ticket, SHORT))] if document.ticket else rows


def _party(party: Party, *, language: str) -> dict[str, Any]:
    trading = party.name if party.name != party.registered_name else ""
    place = f"{party.postcode} {party.city}".strip()
    address = [trading, party.street, place, wording.country(party.country, language=language)]
    vat_label = wording.WORDS[language]["vat_number"]
    numbers = [("SIREN", party.siren), ("SIRET", party.siret), (vat_label, party.vat_number)]
    return {
        "name": _cut(party.registered_name, SHORT),
        "address": [_cut(row, SHORT) for row in address if row],
        "numbers": _cut(" · ".join(f"{label} {number}" for label, number in numbers if number), SHORT),
    }


def _legal(seller: Party) -> list[str]:
    identity = " · ".join(text for text in (seller.legal_form, seller.register) if text)
    return [text for text in (identity, seller.email) if text]


def _line(line: Line, *, document: InvoiceDocument) -> dict[str, str]:
    language, currency = document.language, document.currency
    return {
        "name": _cut(line.name, SHORT),
        "description": _cut(line.description, LONG),
        "quantity": wording.quantity(line.quantity, language=language),
        "price": wording.money(line.unit_price_cents, currency=currency, language=language),
        "vat": _vat_label(document),
        "amount": wording.money(line.net_cents, currency=currency, language=language),
    }


def _vat_label(document: InvoiceDocument) -> str:
    if document.treatment.category == "O":
        return wording.WORDS[document.language]["no_vat"]
    return wording.percent(document.treatment.rate, language=document.language)


def _sums(document: InvoiceDocument) -> list[tuple[str, str]]:
    words, totals = wording.WORDS[document.language], document.totals
    rows = [
        (words["net"], totals.net_cents),
        (
            words["vat"] if document.treatment.category == "O" else f"{words['vat']} {_vat_label(document)}",
            totals.vat_cents,
        ),
        (words["gross"], totals.gross_cents),
    ]
    paid = [(words["already_paid"], -totals.paid_cents)] if totals.paid_cents else []
    return [(label, _money(document, cents)) for label, cents in (*rows, *paid)]


def _final(document: InvoiceDocument) -> tuple[str, str]:
    words = wording.WORDS[document.language]
    label = words["credited" if document.is_credit_note else "due_amount"]
    return label, _money(document, document.totals.due_cents)


def _money(document: InvoiceDocument, cents: int) -> str:
    return wording.money(cents, currency=document.currency, language=document.language)


def _payment(document: InvoiceDocument) -> str:
    words = wording.WORDS[document.language]
    if document.refers_to is not None:
        issued = wording.day(document.refers_to.issued_on, language=document.language)
        return words["is_credit"].format(number=document.refers_to.number, date=issued)
    if document.already_paid:
        return words["was_paid"]
    return words["by_transfer"] if document.seller.iban else ""


def _wants_transfer(document: InvoiceDocument) -> bool:
    return bool(document.seller.iban) and not document.already_paid and not document.is_credit_note


def _identity(seller: Party, words: dict[str, str]) -> str:
    known = (
        (seller.registered_name, ""),
        (seller.legal_form, ""),
        (seller.siren, "SIREN "),
        (seller.register, ""),
        (seller.vat_number, f"{words['vat_number']} "),
    )
    return " · ".join(f"{label}{text}" for text, label in known if text)


def packaged_only() -> tuple["URLFetcher", list[str]]:
    """A fetcher that knows only `ASSETS`, and the list of what it refused so far."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    refused: list[str] = []

    class PackagedOnly(URLFetcher):  # type: ignore[misc]  # the library is not typed
        """Serves what is in the package and remembers everything else it was asked for."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            if url not in ASSETS:
                refused.append(url)
                raise ValueError(url)
            path, kind = ASSETS[url]
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind, **(headers or {})})

    return PackagedOnly(allowed_protocols=["asset"], allow_redirects=False), refused
