"""Checks the evidence of a ticket: that nothing in it was changed, removed, added or put in another order.

    python3 verify.py T1042-evidence.json
    python3 verify.py T1042-evidence.json --receipt SHA256     a receipt you kept must be among its packs
    python3 verify.py T1042-evidence.json --show               also says what each item is

Exit 0: everything is as it was sealed. Exit 1: the first item that is not is named. Exit 2: there is nothing to check.
One file, Python 3.8 or newer, nothing to install, no network. The desk itself checks its packs with this same file.

The format, "astreinte-evidence/2". The file is one JSON value in canonical form, and a line end:
sorted keys, no spaces, UTF-8, nothing escaped that JSON does not ask to be.

    {"format", "ticket", "packs": [{"receipt", "items"}...], "root"}

The SHA-256 are those of UTF-8 bytes, in hexadecimal. In a pack, the chain begins with the SHA-256 of the pack before it
(nothing for the first); each item then makes it longer:

    item["sha256"]    = SHA-256(item["salt"], a line end, canonical JSON of its "body" and "text")
    item["chain"]     = SHA-256(chain before it, a line end, canonical JSON of what else it has, without "chain")
    receipt["last"]   = the chain of the last item
    receipt["sha256"] = SHA-256(canonical JSON of the receipt without "sha256")
    receipt["previous"], the next pack: this SHA-256;  "root": that of the last pack

An item whose words were erased has "erased", the instant, instead of "salt", "body" and "text": its chain is proven as before.
The first format, "astreinte-evidence/1", had no salt. Items of it are in the packs whose receipt has no "unsalted", and in the
others at the numbers it lists. Once erased, "before" is the chain that led to such an item, and its own link is not proven.

    item["sha256"]    = SHA-256(canonical JSON of item["body"])
    item["chain"]     = SHA-256(chain before it, a line end, canonical JSON of the item without "chain")
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
FORMAT_2 = "astreinte-evidence/2"
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
# What is chained of an item that has a salt, and what stays of any once its words are erased.
KEPT_KEYS = {"at", "frozen_at", "id", "kind", "number", "sha256"}
SALTED = (ITEM_KEYS | {"salt"}, KEPT_KEYS | {"chain", "erased"})
UNSALTED = (ITEM_KEYS, KEPT_KEYS | {"before", "chain", "erased"})

SENTENCES = {
    "well": (
        "Nothing was changed: {items} items in {packs} packs of {ticket}. SHA-256 of the last receipt: {root}",
        "Rien n'a été modifié : {items} éléments dans {packs} lots de {ticket}. SHA-256 du dernier reçu : {root}",
    ),
    "erased": (
        "{erased} of them were erased: their words are gone, nothing else was changed.",
        "{erased} d'entre eux ont été effacés : leurs mots ont disparu, rien d'autre n'a été modifié.",
    ),
    "vouched": (
        "{vouched} of those had no salt: for what is before them, and their own dates, there is the word of the desk alone.",
        "{vouched} de ceux-là étaient sans sel : de ce qui les précède et de leurs dates, seul le guichet répond.",
    ),
    "emptied": ("(erased {erased})", "(effacé {erased})"),
    "broken": ("BROKEN: {place}: {why}.", "ROMPU : {place} : {why}."),
    "the file": ("the file", "le fichier"),
    "pack": ("{ticket}, pack {pack}", "{ticket}, lot {pack}"),
    "item": ("{ticket}, pack {pack}, item {item}", "{ticket}, lot {pack}, élément {item}"),
    "unreadable": ("it cannot be read as evidence", "il ne peut être lu comme un dossier de preuves"),
    "format": (
        "it is not in the format " + FORMAT + ", nor " + FORMAT_2,
        "il n'est pas au format " + FORMAT + ", ni " + FORMAT_2,
    ),
    "nothing": ("no pack is in it", "il ne contient aucun lot"),
    "fields": ("a field is missing, or one too many is there", "un champ manque, ou il y en a un de trop"),
    "missing": (
        "another one stands in its place: something was removed, added or moved",
        "un autre est à sa place : quelque chose a été retiré, ajouté ou déplacé",
    ),
    "changed": ("its content is not what was sealed", "son contenu n'est pas celui qui a été scellé"),
    "unchained": ("it does not follow the pack before it", "il ne suit pas le lot précédent"),
    "end": ("items at its end were removed or added", "des éléments ont été retirés ou ajoutés à la fin"),
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


def committed(salt: str, text: str, body: Any) -> str:
    """What stands for these words: without the salt nobody finds them by trying."""
    return sha256(salt + "\n" + canonical({"body": body, "text": text}))


def chained(before: str, item: dict[str, Any]) -> str:
    """The chain up to this item. Without a salt its words are in it."""
    names = KEPT_KEYS if "salt" in item or "erased" in item else set(item) - {"chain"}
    return sha256(before + "\n" + canonical({name: item[name] for name in names}))


def format_of(packs: list[dict[str, Any]]) -> str:
    """The first one, unless something in these packs needs the second."""
    return FORMAT_2 if any("unsalted" in one["receipt"] or erased_of([one]) for one in packs) else FORMAT


def erased_of(packs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items whose words are gone."""
    return [item for one in packs for item in one["items"] if "erased" in item]


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
    if document.get("format") not in (FORMAT, FORMAT_2):
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
    if document["format"] != format_of(document["packs"]):
        return Broken(0, 0, "format")
    return None if document["root"] == before else Broken(0, 0, "root")


def _pack(pack: dict[str, Any], number: int, before: str, ticket: str) -> Broken | None:
    if set(pack) != PACK_KEYS or set(pack["receipt"]) - {"unsalted"} != RECEIPT_KEYS:
        return Broken(number, 0, "fields")
    receipt = pack["receipt"]
    if receipt["number"] != number or receipt["ticket"] != ticket:
        return Broken(number, 0, "missing")
    if receipt["previous"] != before:
        return Broken(number, 0, "unchained")
    chain = before
    for place, item in enumerate(pack["items"], start=1):
        why = _item(item, place, chain, SALTED if place not in receipt.get("unsalted", [place]) else UNSALTED)
        if why:
            return Broken(number, place, why)
        chain = item["chain"]
    if receipt["items"] != len(pack["items"]) or receipt["last"] != chain:
        return Broken(number, 0, "end")
    return None if receipt["sha256"] == receipt_sha256(receipt) else Broken(number, 0, "receipt")


def _item(item: dict[str, Any], place: int, chain: str, shapes: tuple[set[str], ...]) -> str:
    if set(item) not in shapes:
        return "fields"
    if item["number"] != place:
        return "missing"
    if "before" in item:
        return "" if item["before"] == chain else "changed"
    return "" if _commits(item) and item["chain"] == chained(chain, item) else "changed"


def _commits(item: dict[str, Any]) -> bool:
    if "salt" in item:
        return bool(item["sha256"] == committed(item["salt"], item["text"], item["body"]))
    return "erased" in item or bool(item["sha256"] == sha256(canonical(item["body"])))


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


def _shown(document: dict[str, Any], language: int) -> str:
    lines = []
    for pack in document["packs"]:
        lines.append("{number}. {moment}, {sealed_at}  {sha256}".format(**_told_plainly(pack["receipt"])))
        for item in pack["items"]:
            text = _say(language, "emptied", erased=item["erased"]) if "erased" in item else item["text"]
            lines.append("   {number:>3}. {at}  {kind}: {text}".format(**_told_plainly({**item, "text": text})))
    return "\n".join(lines) + "\n"


def _summary(document: dict[str, Any], language: int) -> str:
    """All is well: how much there is, and how much of it was erased."""
    packs, erased = document["packs"], erased_of(document["packs"])
    vouched = sum("before" in item for item in erased)
    items = sum(len(pack["items"]) for pack in packs)
    said = {"items": items, "packs": len(packs), "ticket": document["ticket"], "root": document["root"]}
    keys = ["well"] + ["erased"] * bool(erased) + ["vouched"] * bool(vouched)
    return "".join(_say(language, key, **said, erased=len(erased), vouched=vouched) + "\n" for key in keys)


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
        sys.stdout.write(_shown(document, language))
    sys.stdout.write(_summary(document, language))
    return 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        sys.exit(main())
    except OSError as trouble:
        sys.stderr.write(str(trouble) + "\n")
        sys.exit(2)
