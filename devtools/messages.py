"""The catalogs of messages: `extract` updates them, `compile` makes the .mo files, `check` says what misses.

A message comes from gettext calls, from templates, and from the docstring of a Refusal, the sentence people read.
Babel alone does it all: GNU gettext is not needed.
"""

import ast
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "astreinte"
LOCALES = SOURCES / "locale"
# Messages are written in English: French is the only catalog that translates.
LANGUAGES = ("fr",)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
Found = tuple[str | tuple[str, ...], str | None, Path]


def in_python(path: Path) -> Iterator[Found]:
    """The messages of gettext calls."""
    yield from _extracted(path.read_bytes(), path)


def in_template(path: Path) -> Iterator[Found]:
    """The messages of {% translate %} and {% blocktranslate %}."""
    if b"{%" not in path.read_bytes():
        return
    # Django writes a template as something like Python; its indentation means nothing and would stop the tokenizer
    lines = templatize(path.read_text(encoding="utf-8"), origin=str(path)).splitlines()
    yield from _extracted("\n".join(line.strip() for line in lines).encode(), path)


def _extracted(source: bytes, path: Path) -> Iterator[Found]:
    for _line, message, _comments, context in extract(
        "python", io.BytesIO(source), KEYWORDS, (), {"encoding": "utf-8"}
    ):
        yield message, context, path


def refusals(paths: Iterable[Path]) -> Iterator[Found]:
    """The sentence of every class that descends from Refusal, by whatever path."""
    classes = [
        (node, path)
        for path in paths
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ClassDef)
    ]
    known = {"Refusal"}
    before = 0
    while before != len(known):
        before = len(known)
        known |= {node.name for node, _path in classes if known & {_last_name(base) for base in node.bases}}
    for node, path in classes:
        sentence = " ".join((ast.get_docstring(node) or "").split())
        if node.name in known and sentence:
            yield sentence, None, path


def _last_name(base: ast.expr) -> str:
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")


def template(sources: Path = SOURCES) -> Catalog:
    """Every message the code and the templates hold now."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    modules = sorted(path for path in sources.rglob("*.py") if "migrations" not in path.parts)
    pages = sorted(
        path for pattern in ("*.html", "*.txt", "*.xml") for path in sources.rglob(pattern) if "templates" in path.parts
    )
    for finder, paths in ((in_python, modules), (in_template, pages)):
        for path in paths:
            _add(catalog, finder(path), sources)
    _add(catalog, refusals(modules), sources)
    return catalog


def _add(catalog: Catalog, found: Iterable[Found], sources: Path) -> None:
    for message, context, path in found:
        # no line numbers: they would change with every edit and hide what matters
        catalog.add(message, locations=[(str(path.relative_to(sources.parent)), 0)], context=context)


def po_files(locales: Path = LOCALES) -> list[Path]:
    """The catalogs there are."""
    return sorted(locales.glob("*/LC_MESSAGES/*.po"))


def load(path: Path) -> Catalog:
    """A catalog, in the language of its folder."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, charset="utf-8")


def update(locales: Path = LOCALES, sources: Path = SOURCES) -> None:
    """Bring the catalogs up to date. Nothing is guessed: a new message is empty, one that is no longer said goes."""
    found = template(sources)
    for language in LANGUAGES:
        path = locales / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = load(path) if path.exists() else _new(language)
        for other in sorted(sources.glob(f"*/locale/{language}/LC_MESSAGES/django.po")):
            _absorb(catalog, load(other))
        written_on = catalog.creation_date
        catalog.update(found, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.creation_date = written_on  # or every run would change the file
        with path.open("wb") as file:
            write_po(file, catalog, width=120, omit_header=False, sort_output=True, include_lineno=False)


def _absorb(catalog: Catalog, other: Catalog) -> None:
    """Take the translations of a room's own catalog that ours lacks: the product has one catalog, where all are looked up."""
    for message in other:
        ours = catalog.get(message.id, message.context) if message.id else message
        if ours is None:
            catalog.add(message.id, message.string, context=message.context)
        elif not _is_translated(ours):
            ours.string = message.string  # add() keeps the string of a message it already has


def _new(language: str) -> Catalog:
    return Catalog(
        locale=language, project="Astreinte", charset="utf-8", fuzzy=False, header_comment="# Messages of Astreinte."
    )


def compile_all(locales: Path = LOCALES) -> None:
    """Write the .mo beside each .po."""
    for path in po_files(locales):
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, load(path))


def faults(locales: Path = LOCALES, sources: Path = SOURCES) -> Iterator[str]:
    """One sentence per message that is not translated, in doubt, no longer said, or that lost a placeholder."""
    found = template(sources)
    for language in LANGUAGES:
        path = locales / language / "LC_MESSAGES" / "django.po"
        catalog = load(path) if path.exists() else Catalog(locale=language)
        yield from _missing(found, catalog, language)
        yield from _wrong(found, catalog, language)


def _missing(found: Catalog, catalog: Catalog, language: str) -> Iterator[str]:
    for message in found:
        translated = catalog.get(message.id, message.context) if message.id else message
        if translated is None or not _is_translated(translated):
            places = ", ".join(sorted({place for place, _line in message.locations}))
            if message.id:
                yield f"{language}: not translated: {message.id!r} ({places})"


def _is_translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(texts) and all(texts)


def _wrong(found: Catalog, catalog: Catalog, language: str) -> Iterator[str]:
    for message in catalog:
        if not message.id:
            continue
        if message.fuzzy:
            yield f"{language}: in doubt (fuzzy): {message.id!r}"
        if found.get(message.id, message.context) is None:
            yield f"{language}: no longer said: {message.id!r}"
        elif _is_translated(message):
            for error in message.check(catalog):
                yield f"{language}: {error}: {message.id!r}"


def check() -> int:
    """0 when every message has its French."""
    found = list(faults())
    print("\n".join(found))
    if found:
        print(f"{len(found)} messages to look at. `make fix` updates the catalogs; then translate what is empty.")
    return 1 if found else 0


ACTIONS: dict[str, Callable[[], int | None]] = {"extract": update, "compile": compile_all, "check": check}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ACTIONS:  # noqa: PLR2004 - the program and its word
        sys.exit(f"usage: python -m devtools.messages {'|'.join(ACTIONS)}")
    sys.exit(ACTIONS[sys.argv[1]]())
