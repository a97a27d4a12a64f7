"""Instants in the words of letters and papers: a day, an hour, and whose clock it is; never an offset that nobody reads."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from astreinte.core.instants import in_words

XMAS, SUMMER = datetime(2026, 12, 24, 9, 43, 12, tzinfo=UTC), datetime(2026, 7, 24, 9, 43, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "at", "zone", "expected"),
    [
        ("fr", XMAS, "Europe/Paris", "24 décembre 2026, 10:43 (heure normale d’Europe centrale)"),
        ("en", XMAS, "Europe/Paris", "24 December 2026, 10:43 (Central European Standard Time)"),
        ("fr", SUMMER, "Europe/Paris", "24 juillet 2026, 11:43 (heure d’été d’Europe centrale)"),
        ("en", SUMMER, "UTC", "24 July 2026, 09:43 (Coordinated Universal Time)"),
        ("fr", SUMMER, "Indian/Reunion", "24 juillet 2026, 13:43 (heure de La Réunion)"),
    ],
)
def test_an_instant_says_whose_clock_it_is_on(language, at, zone, expected):
    assert in_words(at, zone=ZoneInfo(zone), language=language, in_zone=True) == expected


def test_the_two_hours_of_the_night_the_clocks_change_are_told_apart():
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    said = [in_words(at, zone=ZoneInfo("Europe/Paris"), language="en", in_zone=True) for at in (first, second)]
    assert said == [
        "25 October 2026, 02:30 (Central European Summer Time)",
        "25 October 2026, 02:30 (Central European Standard Time)",
    ]


@pytest.mark.parametrize("zone", ["Europe/Paris", "UTC", "America/Martinique", "Pacific/Noumea", "Europe/London"])
@pytest.mark.parametrize("language", ["fr", "en", "de"])
def test_no_offset_is_ever_written(zone, language):
    for seconds in (False, True):
        said = in_words(XMAS, zone=ZoneInfo(zone), language=language, seconds=seconds, in_zone=True)
        assert not re.search(r"[+-]\d\d:?\d\d|GMT[+-]", said)
    assert in_words(XMAS, zone=ZoneInfo(zone), language=language).count(":") == 1
