"""Every pair of colours can be read, by day and by night (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "astreinte" / "web" / "static" / "css"
PAPERS = ("--paper", "--paper-raised")
STATES = ("--ok", "--warn", "--down", "--quiet")
TEXT, SHAPE = 4.5, 3.0


def _schemes(sheet):
    """The light and the dark tokens of a stylesheet: its first two :root blocks."""
    light, dark = re.findall(r":root \{(.*?)\}", (CSS / sheet).read_text(encoding="utf-8"), re.DOTALL)[:2]
    tokens = [dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", block)) for block in (light, dark)]
    return {"light": tokens[0], "dark": tokens[1]}


def _luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _pairs(tokens):
    """(front, back, least) for every pair the screens use."""
    tints = [f"{state}-tint" for state in STATES if f"{state}-tint" in tokens]
    for paper in PAPERS:
        for front in ("--ink", "--ink-soft", "--accent", *STATES):
            yield front, paper, TEXT
        yield "--edge", paper, SHAPE
    for tint in tints:
        yield "--ink", tint, TEXT
        yield "--ink-soft", tint, TEXT
        yield tint.removesuffix("-tint"), tint, TEXT
    yield "--on-accent", "--accent", TEXT
    if "--accent-tint" in tokens:
        yield "--accent", "--accent-tint", TEXT


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("sheet", ["base.css", "take.css", "status.css"])
def test_every_pair_is_readable(sheet, scheme):
    tokens = _schemes(sheet)[scheme]
    poor = {
        (front, back): round(_contrast(tokens[front], tokens[back]), 2)
        for front, back, least in _pairs(tokens)
        if _contrast(tokens[front], tokens[back]) < least
    }
    assert poor == {}


@pytest.mark.parametrize("sheet", ["take.css", "status.css"])
def test_the_pages_that_stand_alone_wear_the_same_colours(sheet):
    base, own = _schemes("base.css"), _schemes(sheet)
    different = {
        (scheme, name) for scheme in own for name, value in own[scheme].items() if base[scheme].get(name) != value
    }
    assert different == set()
