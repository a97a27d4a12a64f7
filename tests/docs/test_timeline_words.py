"""Every kind of line that the code writes in the history has its sentence, in each language."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

from astreinte.web.timeline_words import FOR_CUSTOMERS, SENTENCES, sentence

SOURCES = Path(__file__).resolve().parents[2] / "astreinte"
KIND = re.compile(
    r"^(ticket|page|notification|message|verdict|dispute|charge|invoice|incident|maintenance|diagnosis|check|ban|review)"
    r":[a-z-]+$"
)


def recorded() -> set[str]:
    """The kinds the verbs of the rooms record, read from the code."""
    kinds = set()
    for path in SOURCES.glob("*/actions*"):
        for module in [path] if path.is_file() else path.rglob("*.py"):
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and KIND.match(node.value):
                    kinds.add(node.value)
    return kinds


def test_the_code_is_read():
    assert {"ticket:opened", "page:rung", "message:internal", "notification:delivered"} <= recorded()


def test_every_kind_has_its_sentence_and_no_sentence_is_dead():
    assert sorted(recorded() - set(SENTENCES)) == []
    assert sorted(set(SENTENCES) - recorded()) == []


@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_a_sentence_is_said_in_both_languages_and_survives_missing_data(kind):
    with translation.override("en"):
        english = sentence(kind, by="Alice")
    with translation.override("fr"):
        french = sentence(kind, by="Alice")
    assert english
    assert french
    assert french != english
    assert "%(" not in english + french


def test_what_stays_among_the_staff_is_not_for_customers():
    assert "message:internal" not in FOR_CUSTOMERS
    assert not any(kind.startswith("notification:") for kind in FOR_CUSTOMERS)


def test_a_kind_that_is_not_known_is_said_by_its_name():
    assert sentence("new:kind-100%") == "new:kind-100%"
