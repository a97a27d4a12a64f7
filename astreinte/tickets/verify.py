"""Checks the evidence of a ticket: that nothing in it was changed, removed, added or put in another order.

    python3 verify.py T1042-evidence.json
    python3 verify.py T1042-evidence.json --receipt SHA256     a receipt you kept must be among its packs
    python3 verify.py T1042-evidence.json --show               also says what each item is

Exit 0: everything is as it was sealed. Exit 1: the first item that is not is named. Exit 2: there is nothing to check.
One file, Python 3.8 or newer, nothing to install, no network. The desk itself checks its packs with this same file.

The format, "astreinte-evidence/1". The file is one JSON value in canonical form, and a line end:
sorted keys, no spaces, UTF-8, nothing escaped that JSON does not ask to be.

    {"format", "ticket", "packs": [{"receipt", "items"}...], "root"}

The SHA-256 are those of UTF-8 bytes, in hexadecimal. In a pack, the chain begins with the SHA-256 of the pack before it
(nothing for the first); each item then makes it longer:

    item["sha256"]    = SHA-256(canonical JSON of item["body"])
    item["chain"]     = SHA-256(chain before it, a line end, canonical JSON of the item without "chain")
    receipt["last"]   = the chain of the last item
    receipt["sha256"] = SHA-256(canonical JSON of the receipt without "sha256")
    receipt["previous"], the next pack: this SHA-256;  "root": that of the last pack
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = "astreinte-evidence/1"
FILE_KEYS = {"format", "packs", "root", "ticket"}
PACK_KEYS = {"items", "receipt"}
RECEIPT_KEYS = {
    "covers",
    "desk",
    "items",
    "last",
    "left_out",
    "moment",
    "number",
    "previous",
    "sealed_at",
    "server",
    "sha256",
    "ticket",
}
ITEM_KEYS = {"at", "body", "chain", "frozen_at", "id", "kind", "number", "sha256", "text"}

SENTENCES = {
    "well": (
        "Nothing was changed: {items} items in {packs} packs of {ticket}. SHA-256 of the last receipt: {root}",
        "Rien n'a été modifié : {items} éléments dans {packs} lots de {ticket}. SHA-256 du dernier reçu : {root}",
    ),
    "broken": ("BROKEN: {place}: {why}.", "ROMPU : {place} : {why}."),
    "the file": ("the file", "le fichier"),
    "pack": ("{ticket}, pack {pack}", "{ticket}, lot {pack}"),
    "item": ("{ticket}, pack {pack}, item {item}", "{ticket}, lot {pack}, élément {item}"),
    "unreadable": ("it cannot be read as evidence", "il ne peut être lu comme un dossier de preuves"),
    "format": ("it is not in the format " + FORMAT, "il n'est pas au format " + FORMAT),
    "nothing": ("no pack is in it", "il ne contient aucun lot"),
    "fields": ("a field is missing, or one too many is there", "un champ manque, ou il y en a un de trop"),
    "missing": (
        "another one stands in its place: something was removed, added or moved",
        "un autre est à sa place : quelque chose a été retiré, ajouté ou déplacé",
    ),
    "changed": ("its content is not what was sealed", "son contenu n'est pas celui qui a été scellé"),
    "unchained": ("it does not follow the pack before it", "il ne suit pas le lot précédent"),
    "end": (
        "items at its end were removed or added",
        "des éléments ont été retirés ou ajoutés à la fin",
    ),
    "receipt": ("its receipt is not what was sealed", "son reçu n'est pas celui qui a été scellé"),
    "root": ("packs at its end were removed or added", "des lots ont été retirés ou ajoutés à la fin"),
    "rewritten": (
        "it was written again by another program; its content is what was sealed",
        "il a été réécrit par un autre programme ; son contenu est celui qui a été scellé",
    ),
    "other receipt": (
        "the receipt you gave is not among its packs",
        "le reçu que vous avez donné n'est pas parmi ses lots",
    ),
}


class Broken(NamedTuple):
    """Where, and why (a key of SENTENCES). Pack and item are counted from 1; 0 is the whole."""

    pack: int
    item: int
    why: str


def canonical(value: Any) -> str:
    """Sorted keys, no spaces, nothing escaped in vain: the same value always gives the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text: str) -> str:
    """Of the UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def chained(before: str, item: dict[str, Any]) -> str:
    """The chain up to this item."""
    return sha256(before + "\n" + canonical({name: item[name] for name in item if name != "chain"}))


def receipt_sha256(receipt: dict[str, Any]) -> str:
    """The SHA-256 of a receipt, and with it of its whole pack and of all before it."""
    return sha256(canonical({name: receipt[name] for name in receipt if name != "sha256"}))


def first_broken(document: Any) -> Broken | None:
    """The first thing that is not what was sealed; None when all is well."""
    try:
        return _first_broken(document)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return Broken(0, 0, "unreadable")


def _first_broken(document: dict[str, Any]) -> Broken | None:
    if document.get("format") != FORMAT:
        return Broken(0, 0, "format")
    if set(document) != FILE_KEYS:
        return Broken(0, 0, "fields")
    before = ""
    for number, pack in enumerate(document["packs"], start=1):
        found = _pack(pack, number, before, document["ticket"])
        if found:
            return found
        before = pack["receipt"]["sha256"]
    if not before:
        return Broken(0, 0, "nothing")
    return None if document["root"] == before else Broken(0, 0, "root")


def _pack(pack: dict[str, Any], number: int, before: str, ticket: str) -> Broken | None:
    if set(pack) != PACK_KEYS or set(pack["receipt"]) != RECEIPT_KEYS:
        return Broken(number, 0, "fields")
    receipt = pack["receipt"]
    if receipt["number"] != number or receipt["ticket"] != ticket:
        return Broken(number, 0, "missing")
    if receipt["previous"] != before:
        return Broken(number, 0, "unchained")
    chain = before
    for place, item in enumerate(pack["items"], start=1):
        why = _item(item, place, chain)
        if why:
            return Broken(number, place, why)
        chain = item["chain"]
    if receipt["items"] != len(pack["items"]) or receipt["last"] != chain:
        return Broken(number, 0, "end")
    return None if receipt["sha256"] == receipt_sha256(receipt) else Broken(number, 0, "receipt")


def _item(item: dict[str, Any], place: int, chain: str) -> str:
    if set(item) != ITEM_KEYS:
        return "fields"
    if item["number"] != place:
        return "missing"
    if item["sha256"] != sha256(canonical(item["body"])) or item["chain"] != chained(chain, item):
        return "changed"
    return ""


def read(content: bytes) -> tuple[Any, Broken | None]:
    """A file: what is in it, and the first thing that is broken."""
    try:
        document = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return None, Broken(0, 0, "unreadable")
    found = first_broken(document)
    if found is None and content != (canonical(document) + "\n").encode("utf-8", "surrogatepass"):
        found = Broken(0, 0, "rewritten")
    return document, found


def _plain(value: Any) -> str:
    """On one line, without orders to a terminal: whoever wrote the file may be anybody."""
    return "".join(one if one.isprintable() else " " for one in str(value))


def _say(language: int, key: str, **words: Any) -> str:
    return SENTENCES[key][language].format(**_told_plainly(words))


def _told(broken: Broken, document: Any, language: int) -> str:
    ticket = document.get("ticket") if isinstance(document, dict) else ""
    key = "item" if broken.item else "pack" if broken.pack else "the file"
    place = _say(language, key, ticket=ticket, pack=broken.pack, item=broken.item)
    return _say(language, "broken", place=place, why=_say(language, broken.why))


def _told_plainly(said: dict[str, Any]) -> dict[str, str]:
    return {name: _plain(value) for name, value in said.items()}


def _shown(document: dict[str, Any]) -> str:
    lines = []
    for pack in document["packs"]:
        receipt = pack["receipt"]
        lines.append("{number}. {moment}, {sealed_at}  {sha256}".format(**_told_plainly(receipt)))
        lines += ["   {number:>3}. {at}  {kind}: {text}".format(**_told_plainly(item)) for item in pack["items"]]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Check one file, and say it."""
    french = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("fr")
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", help="the evidence of a ticket, as it was downloaded")
    parser.add_argument("--receipt", default="", metavar="SHA256", help="a receipt you kept must be among its packs")
    parser.add_argument("--show", action="store_true", help="also say what each item is")
    parser.add_argument("--lang", choices=("en", "fr"), default="fr" if french else "en")
    asked = parser.parse_args(arguments)
    language = 1 if asked.lang == "fr" else 0
    document, broken = read(Path(asked.file).read_bytes())
    if broken is None and asked.receipt:
        known = {pack["receipt"]["sha256"] for pack in document["packs"]}
        broken = None if asked.receipt.strip().lower() in known else Broken(0, 0, "other receipt")
    if broken:
        sys.stdout.write(_told(broken, document, language) + "\n")
        return 1
    if asked.show:
        sys.stdout.write(_shown(document))
    items = sum(len(pack["items"]) for pack in document["packs"])
    said = {"items": items, "packs": len(document["packs"]), "ticket": document["ticket"], "root": document["root"]}
    sys.stdout.write(_say(language, "well", **said) + "\n")
    return 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        sys.exit(main())
    except OSError as trouble:
        sys.stderr.write(str(trouble) + "\n")
        sys.exit(2)
