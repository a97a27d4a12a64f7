"""What docs/architecture.md shows of the code, read from the code: folders, imports, rooms, journeys, decisions."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "astreinte"
# Not a part of the house: how a part keeps its tables, its translations and its pictures.
LEFT_OUT = {"__pycache__", "migrations", "locale", "static"}
# Everything stands on core, so that its arrows say nothing.
GROUND = "core"
WRITTEN = re.compile(r"<!-- made by `make docs`: (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def filled(text: str) -> str:
    """A page with each of its drawings made again from the code; what stands between them is written by hand."""
    return WRITTEN.sub(lambda found: block(found[1]), text)


def block(name: str) -> str:
    """One drawing between its marks. KeyError: no drawing has that name."""
    return f"<!-- made by `make docs`: {name} -->\n\n{DRAWINGS[name]()}\n\n<!-- end -->"


def folders() -> list[str]:
    """The folders of the product's first floor, in alphabetical order."""
    return sorted(path.name for path in (ROOT / PACKAGE).iterdir() if path.is_dir() and path.name not in LEFT_OUT)


def sentence(path: Path) -> str:
    """The first sentence of a module, or of a package."""
    path = path / "__init__.py" if path.is_dir() else path
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) if path.is_file() else None
    return (said or "").partition("\n")[0]


def reads(folder: str) -> set[str]:
    """The other folders whose modules this one imports."""
    found = {name for path in _modules(folder) for name in _imported(path)}
    return found & set(folders()) - {folder}


def _modules(folder: str) -> Iterator[Path]:
    for path in sorted((ROOT / PACKAGE / folder).rglob("*.py")):
        if not LEFT_OUT & set(path.parts):
            yield path


def _imported(path: Path) -> Iterator[str]:
    """The folder of each thing of ours that this module imports: `astreinte.paging.actions` is paging."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for name in _names(node):
            parts = name.split(".")
            if parts[0] == PACKAGE and len(parts) > 1:
                yield parts[1]


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def layers() -> str:
    """Who imports whom: an arrow that a longer way already tells is left out."""
    arrows = {name: reads(name) - {GROUND} for name in folders() if name != GROUND}
    lines = ["```mermaid", "flowchart TD"]
    for name, below in arrows.items():
        farther = {far for near in below for far in _reached(near, arrows)}
        lines += [f"    {name} --> {near}" for near in sorted(below - farther)]
    return "\n".join([*lines, "```"])


def _reached(name: str, arrows: dict[str, set[str]]) -> set[str]:
    near = arrows.get(name, set())
    return near | {far for one in near for far in _reached(one, arrows)}


def rooms() -> str:
    """Each folder: what it is for, its tables, what it reads."""
    lines = ["| folder | what it is for | its tables | it reads, besides `core` |", "| --- | --- | --- | --- |"]
    for name in folders():
        tables = ", ".join(f"`{model}`" for model in models(name))
        below = ", ".join(sorted(reads(name) - {GROUND}))
        lines.append(f"| `{name}` | {sentence(ROOT / PACKAGE / name)} | {tables} | {below} |")
    return "\n".join(lines)


def models(folder: str) -> list[str]:
    """The names of the tables of a room, in the order of its models.py, or of the files of its models/."""
    files = [*(ROOT / PACKAGE / folder).glob("models.py"), *sorted((ROOT / PACKAGE / folder).glob("models/*.py"))]
    nodes = [node for path in files for node in ast.parse(path.read_text(encoding="utf-8")).body]
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    return [node.name for node in classes if any(ast.unparse(base) in TABLES for base in node.bases)]


TABLES = {"models.Model", "AbstractBaseUser"}


def flows() -> list[Path]:
    """The journeys, one file each."""
    return [path for path in sorted((ROOT / PACKAGE / "flows").glob("*.py")) if path.stem != "__init__"]


def journeys() -> str:
    """Each flow: its story, what it writes in, which journeys it joins."""
    lines = ["| `flows/` | the story | writes in | joins |", "| --- | --- | --- | --- |"]
    for path in flows():
        cells = [f"`{path.name}`", sentence(path), ", ".join(writes(path)), ", ".join(joins(path))]
        lines += [f"| {' | '.join(cells)} |"]
    return "\n".join(lines)


def writes(path: Path) -> list[str]:
    """The rooms whose verbs or edits a flow calls."""
    called = (name.split(".") for node in _nodes(path) for name in _names(node))
    return sorted(
        {parts[1] for parts in called if len(parts) > WHERE and parts[WHERE] in {"actions", "edits", "roster"}}
    )


WHERE = 2  # astreinte.paging.actions: the furniture comes third


def joins(path: Path) -> list[str]:
    """The other journeys that run inside this one."""
    known = {one.stem for one in flows()} - {path.stem}
    called = (name.split(".") for node in _nodes(path) for name in _names(node))
    return sorted({parts[2] for parts in called if parts[:2] == [PACKAGE, "flows"]} & known)


def _nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def decisions() -> str:
    """The list of the decision records, by their titles."""
    found = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    titles = [(path, path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")) for path in found]
    return "\n".join(f"- [{title}](decisions/{path.name})" for path, title in titles)


DRAWINGS = {"layers": layers, "rooms": rooms, "journeys": journeys, "decisions": decisions}
