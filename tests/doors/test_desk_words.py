"""Money, instants and clocks, as the screens write them."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.template import Context
from django.utils import translation

from astreinte.web.templatetags import desk

AT = datetime(2026, 11, 23, 1, 21, 8, tzinfo=UTC)
PARIS = SimpleNamespace(time_zone="Europe/Paris")


def _screen(at=AT):
    return Context({"at": at, "provider": PARIS})


@pytest.mark.parametrize(("language", "words"), [("fr", "11 400,50\xa0€"), ("en", "€11,400.50")])
def test_money_is_written_by_the_locale(language, words):
    with translation.override(language):
        assert desk.money(1_140_050).replace("\u202f", " ") == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(45, "45 s"), (180, "3 min"), (3900, "1 h 05"), (187_200, "2 d 4 h"), (-180, "3 min")]
)
def test_a_duration_has_its_largest_units(seconds, words):
    with translation.override("en"):
        assert desk.duration(seconds) == words
        assert desk.duration(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-3, "3 min ago (02:18)"),
        (0, "just now (02:21)"),
        (3, "in 3 min (02:24)"),
        (1440, "in 1 d 0 h (24 Nov 2026, 02:21)"),
    ],
)
def test_an_instant_is_relative_and_absolute(minutes, words):
    with translation.override("en"):
        shown = desk.when(_screen(), AT + timedelta(minutes=minutes))
    assert f">{words}</time>" in shown


def test_utc_stands_on_hover_even_on_the_night_the_clocks_change():
    with translation.override("en"):
        before = desk.moment(
            _screen(datetime(2026, 10, 25, 0, 40, tzinfo=UTC)), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        )
        after = desk.moment(
            _screen(datetime(2026, 10, 25, 1, 40, tzinfo=UTC)), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        )
    assert '<time datetime="2026-10-25T00:30:00Z" title="2026-10-25 00:30:00 UTC">02:30</time>' in before
    assert '<time datetime="2026-10-25T01:30:00Z" title="2026-10-25 01:30:00 UTC">02:30</time>' in after


@pytest.mark.parametrize(
    ("passed", "stopped", "expected"),
    [
        (7, None, ("ok", 47, "8 min left")),
        (12, None, ("warn", 80, "3 min left")),
        (15, None, ("warn", 100, "0 s left")),
        (20, None, ("down", 100, "late by 5 min")),
        (60, 12, ("ok", 80, "kept, 3 min to spare")),
        (60, 20, ("down", 100, "missed by 5 min")),
    ],
)
def test_a_clock_warns_then_is_late(passed, stopped, expected):
    started = AT - timedelta(minutes=passed)
    ended = started + timedelta(minutes=stopped) if stopped else None
    with translation.override("en"):
        shown = desk.reading(_screen(), started_at=started, due_at=started + timedelta(minutes=15), stopped_at=ended)
    assert (shown.tone, shown.percent, shown.words) == expected


def test_an_unknown_state_is_quiet():
    assert (desk.tone("never-heard-of"), desk.shape("never-heard-of")) == ("quiet", "dot")


def test_a_line_of_measures_stays_in_its_box():
    assert desk.points([0, 50, 100]) == "0.0,20.0 50.0,11.0 100.0,2.0"
    assert desk.points([]) == ""


@pytest.mark.parametrize(("language", "words"), [("fr", "26 déc. 2026"), ("en", "26 Dec 2026")])
def test_nobody_takes_the_month_for_the_day(language, words):
    with translation.override(language):
        assert desk.day(date(2026, 12, 26)) == words


def test_the_name_of_a_server_is_cut_after_a_dot_and_holds_no_html():
    assert desk.breakable("web1.example") == "web1.<wbr>example"
    assert desk.breakable("<b>.example") == "&lt;b&gt;.<wbr>example"
