"""An invoice document as Factur-X XML: the numbers BT- and BG- are those of EN 16931 and of XP Z12-012."""

from typing import Any

from astreinte.billing.document import InvoiceDocument
from astreinte.billing.rules.parties import Party, PartyKind, vat_number_country
from astreinte.billing.rules.totals import Line
from astreinte.core.money import decimal_string

SIREN_SCHEME = "0002"
SIRET_SCHEME = "0009"
FRENCH_ADDRESS_SCHEME = "0225"
MAIL_SCHEME = "EM"
SEPA_TRANSFER = "58"


def xml(document: InvoiceDocument) -> bytes:
    """The CII XML of this document, checked against the XSD of its profile."""
    from facturx import generate_cii_xml

    # check_schematron would post the invoice to a server: the tests run the Schematrons offline instead.
    made = generate_cii_xml(fields(document), level=document.treatment.profile, check_xsd=True, check_schematron=False)
    return bytes(made)


def fields(document: InvoiceDocument) -> dict[str, Any]:
    """The dictionary factur-x builds its XML from; a new one each time, because factur-x changes it in place."""
    return {
        "BT-1": document.number,
        "BT-2": document.issued_on,
        "BT-3": document.type_code,
        "BT-5": document.currency,
        "BT-9": document.due_on,
        "BT-18": {None: document.ticket} if document.ticket else {},
        "BT-23": "S2" if document.already_paid else "S1",
        "BT-72": document.service_on,
        "BG-1": _notes(document),
        "BG-3": _original(document),
        "BG-4": _seller(document),
        "BG-7": _buyer(document),
        "BG-23": [_breakdown(document)],
        "BG-25": [_line(line, rank, document) for rank, line in enumerate(document.lines, start=1)],
        **_exigibility(document),
        **_payment(document),
        **_sums(document),
    }


def _notes(document: InvoiceDocument) -> list[dict[str, str]]:
    notes = [{"BT-21": note.code, "BT-22": note.text} for note in document.notes]
    return [*notes, {"BT-21": "BAR", "BT-22": document.treatment.bar}]


def _original(document: InvoiceDocument) -> list[dict[str, Any]]:
    if document.refers_to is None:
        return []
    return [{"BT-25": document.refers_to.number, "BT-26": document.refers_to.issued_on}]


def _exigibility(document: InvoiceDocument) -> dict[str, str]:
    # Services: VAT falls due when it is paid, unless the seller opted for debits (CGI art. 269, 2 c). None, no date.
    return {"BT-8": "payment"} if document.treatment.category == "S" else {}


def _payment(document: InvoiceDocument) -> dict[str, str]:
    if document.already_paid or document.is_credit_note or not document.seller.iban:
        return {}
    return {
        "BT-81": SEPA_TRANSFER,
        "BT-83": document.number,
        "BT-84": document.seller.iban,
        "BT-85": document.seller.registered_name,
    }


def _sums(document: InvoiceDocument) -> dict[str, str]:
    totals = document.totals
    paid = {"BT-113": decimal_string(totals.paid_cents)} if totals.paid_cents else {}
    return {
        "BT-106": decimal_string(sum(line.net_cents for line in document.lines)),
        "BT-109": decimal_string(totals.net_cents),
        "BT-110": decimal_string(totals.vat_cents),
        "BT-112": decimal_string(totals.gross_cents),
        "BT-115": decimal_string(totals.due_cents),
        **paid,
    }


def _party(party: Party) -> dict[str, Any]:
    names = {"name": party.registered_name}
    if party.name and party.name != party.registered_name:
        names["biz_name"] = party.name
    return {
        **names,
        "addr_l1": party.street,
        "postcode": party.postcode,
        "city": party.city,
        "country_code": party.country,
        **_register(party),
    }


def _register(party: Party) -> dict[str, Any]:
    if not party.siren:
        return {}
    siret = {"identifiers": {SIRET_SCHEME: party.siret}} if _siret_is_of(party) else {}
    return {"legal_identifier": party.siren, "legal_identifier_schemeid": SIREN_SCHEME, **siret}


def _siret_is_of(party: Party) -> bool:
    from stdnum.fr import siret

    return party.siret.startswith(party.siren) and bool(siret.is_valid(party.siret))


def _seller(document: InvoiceDocument) -> dict[str, Any]:
    seller = document.seller
    tax = {"vat_identifier": seller.vat_number} if seller.vat_number else {"tax_identifier": seller.siren}
    return {
        **_party(seller),
        **tax,
        "legal_info": seller.legal_form,
        "einvoicing_addr": seller.siren,
        "einvoicing_addr_schemeid": FRENCH_ADDRESS_SCHEME,
        "contacts": [{"email": seller.email}] if seller.email else [],
    }


def _buyer(document: InvoiceDocument) -> dict[str, Any]:
    buyer = document.buyer
    # A wrong number must not leave: INV-6 charges VAT precisely because it is wrong.
    usable = buyer.kind is not PartyKind.CONSUMER and vat_number_country(buyer.vat_number)
    tax = {"vat_identifier": buyer.vat_number} if usable else {}
    return {**_party(buyer), **tax, **_address(document)}


def _address(document: InvoiceDocument) -> dict[str, str]:
    buyer = document.buyer
    if document.treatment.bar == "B2B":
        return {"einvoicing_addr": buyer.siren, "einvoicing_addr_schemeid": FRENCH_ADDRESS_SCHEME}
    # BT-49 is mandatory for everybody (BR-FR-12); who has no French address is written to by mail.
    return {"einvoicing_addr": buyer.email or document.seller.email, "einvoicing_addr_schemeid": MAIL_SCHEME}


def _breakdown(document: InvoiceDocument) -> dict[str, str]:
    how, reason = document.treatment, _reason(document)
    return {
        "BT-116": decimal_string(document.totals.net_cents),
        "BT-117": decimal_string(document.totals.vat_cents),
        "BT-118": how.category,
        **_rate("BT-119", document),
        **({"BT-120": reason} if reason else {}),
        **({"BT-121": how.vatex} if how.vatex else {}),
    }


def _line(line: Line, rank: int, document: InvoiceDocument) -> dict[str, Any]:
    how = document.treatment
    # In the extended profile BR-FXEXT-O-08 compares the lines with the breakdown: reason and code are repeated.
    extended = how.profile == "extended"
    repeated = {"EXT-FR-FE-178": _reason(document), "EXT-FR-FE-179": how.vatex} if extended else {}
    return {
        "BT-126": str(rank),
        "BT-129": str(line.quantity),
        "BT-130": line.unit,
        "BT-131": decimal_string(line.net_cents),
        "BT-146": decimal_string(line.unit_price_cents),
        "BT-151": how.category,
        "BT-153": line.name,
        "BT-154": line.description,
        **_rate("BT-152", document),
        **repeated,
    }


def _reason(document: InvoiceDocument) -> str:
    return "\n".join(mention.text(document.language) for mention in document.treatment.mentions)


def _rate(field: str, document: InvoiceDocument) -> dict[str, str]:
    # "Not subject to VAT" has no rate at all, not even zero (BR-O-05).
    return {} if document.treatment.category == "O" else {field: document.treatment.rate}
