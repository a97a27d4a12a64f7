"""The provider's own pages in the provider file: about a symptom or a kind of fact; what is wrong is refused with its line."""

from pathlib import Path

import pytest

from astreinte.core.actors import SYSTEM
from astreinte.flows import apply_provider
from astreinte.guarantee import queries
from astreinte.provider_file import ProviderFileRefused, parse
from tests.world import NIGHT

BASE = (Path(__file__).parents[1] / "data" / "provider.yaml").read_text(encoding="utf-8")
GOOD = """
guides:
  - {about: firewall.ban, title: {fr: Banni, en: Banned}, url: "https://help.example/ban"}
  - {about: how-to, title: {en: Help}, url: "https://help.example/"}
"""


def problems(guide):
    with pytest.raises(ProviderFileRefused) as refused:
        parse(f"{BASE}\nguides:\n  - {guide}\n")
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.django_db
def test_what_is_written_is_shown_and_what_is_taken_out_is_not():
    assert queries.guides() == ()
    apply_provider.apply(parse(BASE + GOOD), by=SYSTEM, at=NIGHT)
    assert queries.guides() == (
        {"about": "firewall.ban", "title": {"fr": "Banni", "en": "Banned"}, "url": "https://help.example/ban"},
        {"about": "how-to", "title": {"en": "Help"}, "url": "https://help.example/"},
    )
    apply_provider.apply(parse(BASE), by=SYSTEM, at=NIGHT)
    assert queries.guides() == ()


@pytest.mark.parametrize(
    ("guide", "sentence"),
    [
        ('{about: moon, title: {fr: X}, url: "https://help.example/"}', "about: moon is neither a symptom"),
        ('{about: mail, title: {fr: X}, url: "javascript:alert(1)"}', "url: this is not a web address"),
        ('{about: mail, title: {}, url: "https://help.example/"}', "title is empty"),
        ('{about: mail, url: "https://help.example/"}', "title is missing"),
    ],
)
def test_a_wrong_guide_is_refused_with_its_line(guide, sentence):
    [problem] = problems(guide)
    assert sentence in problem
    assert str(BASE.count("\n") + 3) in problem
