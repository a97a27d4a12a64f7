"""The generated pages say what the code says."""

from astreinte.config.env import SETTINGS
from devtools import docs


def test_every_setting_is_documented_and_no_secret_has_a_default():
    page = docs.settings_page()
    for setting in SETTINGS:
        assert f"`ASTREINTE_{setting.name}`" in page
        assert not (setting.secret and setting.default)


def test_every_machine_is_drawn_with_its_arrows():
    drawn = dict(docs.machines())
    assert drawn["paging"]["closed"] == set()
    page = docs.machines_page()
    assert "    triggered --> acknowledged\n" in page
    assert page.count("```mermaid") == len(drawn)


def test_a_page_the_code_would_write_otherwise_is_stale(tmp_path):
    page = tmp_path / "page.md"
    assert not docs._is_fresh(page, "text")
    page.write_text("text")
    assert docs._is_fresh(page, "text")
    assert not docs._is_fresh(page, "other text")
