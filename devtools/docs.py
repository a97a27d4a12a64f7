"""Generates what the pages show of the code: settings, machines, the maps of the house; `check` names those that are stale."""

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import django

from astreinte.config.env import SETTINGS
from devtools import maps

ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- Made by `make docs`: change the code, not this page. -->\n"


def settings_page() -> str:
    """docs/settings.md: every environment variable, as config/env.py declares it."""
    lines = [
        "# Settings\n",
        NOTE,
        "Every setting is an environment variable, and none is required. A secret may also be in a file, whose path is",
        "in the same variable with `_FILE` at its end.",
        "An unknown `ASTREINTE_*` name stops the start with a sentence.\n",
        "| variable | default | what it does |",
        "| --- | --- | --- |",
    ]
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else ""
        secret = " Secret." if setting.secret else ""
        lines.append(f"| `ASTREINTE_{setting.name}` | {default} | {setting.says}{secret} |")
    return "\n".join(lines) + "\n"


def machines_page() -> str:
    """docs/machines.md: a diagram of every Machine declared in a states.py."""
    lines = [
        "# Machines\n",
        NOTE,
        "A state changes along an arrow, once, and leaves a line of history (`core/moves.py`).\n",
    ]
    for title, arrows in machines():
        first = next(iter(arrows))
        lines += [f"## {title}\n", "```mermaid", "stateDiagram-v2", f"    [*] --> {_name(first)}"]
        for state, afters in arrows.items():
            lines += [f"    {_name(state)} --> {_name(after)}" for after in sorted(afters)]
            lines += [] if afters else [f"    {_name(state)} --> [*]"]
        lines.append("```\n")
    return "\n".join(lines)


def machines() -> Iterator[tuple[str, dict[str, set[str]]]]:
    """The title and the arrows of every machine, rooms in alphabetical order."""
    from astreinte.core.moves import Machine

    for path in sorted((ROOT / "astreinte").glob("*/states.py")):
        room = path.parent.name
        module = importlib.import_module(f"astreinte.{room}.states")
        for name, value in vars(module).items():
            if isinstance(value, Machine):
                yield (room if name == "MACHINE" else f"{room}: {name.lower()}"), value.arrows


def _name(state: str) -> str:
    return state.replace("-", "_").replace(" ", "_")


def architecture_page() -> str:
    """docs/architecture.md: written by hand, its drawings made from the code."""
    return maps.filled((ROOT / "docs/architecture.md").read_text(encoding="utf-8"))


PAGES: dict[str, Callable[[], str]] = {
    "docs/settings.md": settings_page,
    "docs/machines.md": machines_page,
    "docs/architecture.md": architecture_page,
}


def main(*, check: bool) -> int:
    """Write the pages, or 1 when `check` finds one that the code would write otherwise."""
    stale = [name for name, made in PAGES.items() if not _is_fresh(ROOT / name, made())]
    for name in stale:
        if check:
            print(f"{name} is stale: run `make docs`.")
        else:
            (ROOT / name).parent.mkdir(exist_ok=True)
            (ROOT / name).write_text(PAGES[name](), encoding="utf-8")
            print(f"{name} written.")
    return 1 if check and stale else 0


def _is_fresh(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astreinte.config.settings")
    django.setup()
    sys.exit(main(check="check" in sys.argv[1:]))
