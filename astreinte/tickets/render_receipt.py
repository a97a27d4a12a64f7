"""Draws receipts and ends: a JSON list of documents on the standard input, a JSON list of PDF in base64 on the standard output."""

import json
import os
import sys
import traceback
from base64 import b64encode

from astreinte.tickets.receipt import ReceiptDocument, pdf

# After everything that rings, on a machine that does both.
NICE = 10


def main() -> int:
    """One that cannot be drawn is null, says why on the standard error, and stops no other."""
    os.nice(NICE)
    documents = [ReceiptDocument(**one) for one in json.load(sys.stdin)]
    json.dump([_drawn(document) for document in documents], sys.stdout)
    return 0


def _drawn(document: ReceiptDocument) -> str | None:
    try:
        return b64encode(pdf(document)).decode()
    except Exception:  # noqa: BLE001 - whatever is wrong with one paper, the others are drawn
        traceback.print_exc()
        return None


if __name__ == "__main__":
    raise SystemExit(main())
