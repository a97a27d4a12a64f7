"""Makes the paper of one invoice and ends: canonical JSON on the standard input, PDF on the standard output."""

import argparse
import json
import sys
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from astreinte.billing.document import InvoiceDocument
from astreinte.billing.facturx import RenderedInvoice, render


def main(argv: Sequence[str] | None = None) -> int:
    """`--at` is the instant written in the file; `--both` answers JSON with the PDF and the XML in base64."""
    parser = argparse.ArgumentParser(prog="astreinte.billing.render_invoice")
    parser.add_argument("--at", type=datetime.fromisoformat, help="ISO 8601 with its offset; by default the issue date")
    parser.add_argument("--both", action="store_true")
    options = parser.parse_args(argv)
    document = InvoiceDocument.from_json(sys.stdin.buffer.read().decode())
    at = options.at or datetime.fromisoformat(f"{document.issued_on}T00:00:00+00:00")
    sys.stdout.buffer.write(_answer(render(document, at=at), both=options.both))
    return 0


def _answer(rendered: RenderedInvoice, *, both: bool) -> bytes:
    if not both:
        return rendered.pdf
    files = {"pdf": b64encode(rendered.pdf).decode(), "xml": b64encode(rendered.xml).decode()}
    return json.dumps(files).encode()


if __name__ == "__main__":
    raise SystemExit(main())
