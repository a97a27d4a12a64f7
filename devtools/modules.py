"""House rules that need no pattern: a module opens with a sentence, and stays short enough to be read."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"astreinte": 300, "devtools": 300, "tests": 400}


def faults(root: Path = ROOT) -> Iterator[str]:
    """One sentence per fault, with its place."""
    for folder, limit in FOLDERS.items():
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _faults_of(path, name=str(path.relative_to(root)), limit=limit)


def _faults_of(path: Path, *, name: str, limit: int) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    if lines > limit:
        yield f"{name}: {lines} lines, more than {limit}. Find the second subject in it, and give it its own file."
    if text.strip() and not ast.get_docstring(ast.parse(text)):
        yield f"{name}:1: no first sentence. Say in one what this module is for."


if __name__ == "__main__":
    found = list(faults())
    print("\n".join(found))
    sys.exit(1 if found else 0)
