"""The docs say what the code does: every folder, setting, channel, table, kind and path, both ways; every link arrives."""

import ast
import re

import pytest
from django.apps import apps
from django.urls import get_resolver

from astreinte.config.env import SETTINGS
from astreinte.notifications.channels import CHANNELS
from devtools import docs, maps

ROOT = docs.ROOT
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
KIND = re.compile(r"[a-z]+:[a-z-]+")
DOORS = {"web", "api", "workers", "config"}
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")
# `flows/open_ticket.py` `urgent`, `make_urgent`: a file, then names that it defines
PLACE = re.compile(r"`([\w./-]+\.(?:py|yml|md|toml|txt|html|yaml))`((?:,?\s+`\w+`)*)")


def name_of(document):
    return str(document.relative_to(ROOT))


def listed(heading):
    """The words in the first column of the table under a heading of the glossary."""
    section = GLOSSARY.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def kinds_recorded():
    """Every kind of line that a room or a flow writes, or names."""
    found = set()
    for path in (ROOT / "astreinte").rglob("*.py"):
        room = path.relative_to(ROOT / "astreinte").parts[0]
        if room not in DOORS and "migrations" not in path.parts and path.name != "permissions.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
            found |= {text for text in texts if isinstance(text, str) and KIND.fullmatch(text)}
    return found


def test_what_is_made_from_the_code_is_fresh():
    assert docs.main(check=True) == 0


def test_every_folder_is_in_the_drawing_and_the_drawing_names_no_other():
    drawing = ARCHITECTURE.partition("```text")[2].partition("```")[0]
    words = set(re.findall(r"[a-z_]+", drawing))
    assert set(maps.folders()) <= words
    named = set(re.findall(r"^\| `(\w+)` \|", ARCHITECTURE, re.MULTILINE))
    assert named == set(maps.folders())


def test_every_folder_says_what_it_is_for():
    for name in maps.folders():
        assert maps.sentence(ROOT / "astreinte" / name), name


def test_every_journey_is_told():
    for path in maps.flows():
        assert f"| `{path.name}` | {maps.sentence(path)}" in ARCHITECTURE


def test_every_setting_is_listed():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `ASTREINTE_(\w+)`", text, re.MULTILINE) == [setting.name for setting in SETTINGS]


def test_every_channel_has_its_page():
    pages = {path.stem for path in (ROOT / "docs" / "channels").glob("*.md")}
    assert pages == set(CHANNELS)


def test_every_table_is_in_the_glossary():
    ours = {model.__name__ for model in apps.get_models() if model.__module__.startswith("astreinte.")}
    assert sorted(listed("Tables")) == sorted(ours)


def test_the_map_finds_every_table():
    for config in apps.get_app_configs():
        if config.name.startswith("astreinte."):
            known = {model.__name__ for model in config.get_models()}
            assert set(maps.models(config.label)) == known


def test_every_kind_of_line_of_the_history_has_its_sentence():
    assert sorted(listed("Kinds of lines of the history")) == sorted(kinds_recorded())


def test_every_kind_of_message_says_to_whom_it_goes():
    folder = ROOT / "astreinte" / "notifications" / "templates" / "messages"
    assert sorted(listed("Kinds of messages")) == sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_every_resource_of_the_api_is_in_the_glossary():
    resources = {f"/{route.split('/')[2]}" for route in routes() if route.startswith("api/v1/")}
    assert sorted(listed("Resources of the API")) == sorted(resources - {"/", "/docs", "/openapi.json"})


def routes(patterns=None, prefix=""):
    """Every address of the product, as it is written in the table."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = f"{prefix}{pattern.pattern}"
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, path)
        else:
            yield path


@pytest.mark.parametrize("document", PAGES, ids=name_of)
def test_every_link_arrives(document):
    text = document.read_text(encoding="utf-8")
    for target, anchor in LINK.findall(text):
        if "://" in target or target.startswith("mailto:"):
            continue
        there = (document.parent / target).resolve()
        assert there.exists(), target
        assert not anchor or anchor[1:] in anchors(there), f"{target}{anchor}"


def anchors(page):
    """The headings of a page, as links name them."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("document", PAGES, ids=name_of)
def test_every_file_that_is_named_exists_and_defines_what_is_said(document):
    for path, names in PLACE.findall(document.read_text(encoding="utf-8")):
        if "/" in path:
            there = next((one for one in (ROOT / path, ROOT / "astreinte" / path) if one.exists()), None)
            assert there, path
            for name in re.findall(r"\w+", names):
                assert re.search(rf"^\s*(def|class) {name}\b", there.read_text(encoding="utf-8"), re.MULTILINE), (
                    path,
                    name,
                )


def test_decisions_are_numbered_and_say_what_they_cost_and_what_enforces_them():
    found = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in found] == [f"{number:04}" for number in range(1, len(found) + 1)]
    for path in found:
        text = path.read_text(encoding="utf-8")
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert headings == ["Context", "Decision", "What it costs", "What enforces it"], path.name
        assert text.startswith(f"# {path.name[:4]}. "), path.name


def test_recipes_are_short():
    for path in (ROOT / "docs" / "recipes").glob("*.md"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 40, path.name
