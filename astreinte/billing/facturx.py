"""An invoice document as one file for people and programs: PDF/A-3 with its Factur-X XML inside."""

import json
import re
import subprocess
import sys
from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from astreinte.billing import cii, page, wording
from astreinte.billing.document import InvoiceDocument
from astreinte.core import digests

if TYPE_CHECKING:
    from pypdf import PdfWriter

# The first page of a cold process takes 2 s on a small machine; a very long one may take ten.
TIMEOUT_S = 60.0


class RenderingError(RuntimeError):
    """The paper of this invoice could not be made: the invoice stands, its paper is to be made again."""


@dataclass(frozen=True, kw_only=True)
class RenderedInvoice:
    """The two files of an invoice; the XML is also inside the PDF."""

    pdf: bytes
    xml: bytes

    @property
    def pdf_sha256(self) -> str:
        return digests.sha256(self.pdf)

    @property
    def xml_sha256(self) -> str:
        return digests.sha256(self.xml)


def render(document: InvoiceDocument, *, at: datetime) -> RenderedInvoice:
    """The files of this document. `at` (aware) is the only time they hold: same document, same `at`, same bytes."""
    at = at.astimezone(UTC)
    xml = cii.xml(document)
    return RenderedInvoice(pdf=_dated(_with_xml(page.pdf(document, at=at), xml, document), at=at), xml=xml)


def render_in_subprocess(document: InvoiceDocument, *, at: datetime, timeout_s: float = TIMEOUT_S) -> RenderedInvoice:
    """The same files made by a process that ends: the page and XML libraries never grow the caller."""
    argv = [sys.executable, "-m", "astreinte.billing.render_invoice", "--at", at.isoformat(), "--both"]
    try:
        done = subprocess.run(
            argv, input=document.to_json().encode(), capture_output=True, timeout=timeout_s, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise RenderingError(f"{document.number}: no answer in {timeout_s} s") from error
    except subprocess.CalledProcessError as error:
        raise RenderingError(f"{document.number}: {error.stderr.decode(errors='replace')[-2000:]}") from error
    files = json.loads(done.stdout)
    return RenderedInvoice(pdf=b64decode(files["pdf"]), xml=b64decode(files["xml"]))


def _with_xml(pdf: bytes, xml: bytes, document: InvoiceDocument) -> bytes:
    from facturx import generate_from_binary

    words = wording.WORDS[document.language]
    kind = words["credit_note" if document.is_credit_note else "invoice"]
    metadata = {
        "author": document.seller.registered_name,
        "keywords": f"{kind}, Factur-X",
        "title": f"{kind} {document.number}",
        "subject": f"{kind} {document.number} – {document.seller.registered_name}",
    }
    made = generate_from_binary(
        pdf,
        xml,
        flavor="factur-x",
        level=document.treatment.profile,
        check_xsd=False,  # done when the XML was made
        check_schematron=False,
        pdf_metadata=metadata,
        lang={"fr": "fr-FR", "en": "en-GB"}[document.language],
        afrelationship="data",
        xmp_compression=False,
    )
    return bytes(made)


def _dated(pdf: bytes, *, at: datetime) -> bytes:
    """The same PDF with `at` where the library wrote the time of the clock: the bytes depend on the document alone."""
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=BytesIO(pdf))
    writer.pdf_header = "%PDF-1.7"
    stamp = at.strftime("D:%Y%m%d%H%M%S+00'00'")
    writer.add_metadata({"/CreationDate": stamp, "/ModDate": stamp})
    _date_xmp(writer, at=at)
    _date_attachments(writer, stamp)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _date_xmp(writer: "PdfWriter", *, at: datetime) -> None:
    from pypdf.generic import StreamObject

    stream = writer.root_object["/Metadata"].get_object()
    if not isinstance(stream, StreamObject):
        raise RenderingError("the PDF has no XMP metadata")
    instant = at.strftime("%Y-%m-%dT%H:%M:%S+00:00").encode()
    stream.set_data(re.sub(rb"(<xmp:(?:Create|Modify)Date>)[^<]*", rb"\g<1>" + instant, stream.get_data()))


def _date_attachments(writer: "PdfWriter", stamp: str) -> None:
    from pypdf.generic import ArrayObject, NameObject, TextStringObject

    files = writer.root_object["/AF"].get_object()
    if not isinstance(files, ArrayObject):
        raise RenderingError("the PDF has no attachment")
    for reference in files:
        params = reference.get_object()["/EF"]["/F"].get_object()["/Params"]
        params[NameObject("/ModDate")] = TextStringObject(stamp)
